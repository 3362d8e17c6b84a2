package dev.mayfly.store.sqlite;

import dev.mayfly.base.log.Log;
import dev.mayfly.store.Batch;
import dev.mayfly.store.Statement;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;

/** A program that writes pairs of rows until it is killed, from several threads, and prints what was acknowledged. */
final class WriteLoop {
    private WriteLoop() {}

    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[1]);
        int rounds = Integer.parseInt(args[2]);
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        try (SqliteStore store = SqliteStore.open(
                Path.of(args[0]), SqliteStoreTest.SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off())) {
            Thread[] writers = new Thread[threads];
            for (int i = 0; i < threads; i++) {
                String name = ProcessHandle.current().pid() + "-" + i;
                writers[i] = Thread.ofVirtual().start(() -> write(store, name, rounds, out));
            }
            for (Thread writer : writers) {
                writer.join();
            }
        }
    }

    private static void write(SqliteStore store, String name, int rounds, OutputStream out) {
        for (int round = 0; round < rounds; round++) {
            String id = name + "-" + round;
            Batch pair = Batch.of(
                    Statement.of("INSERT INTO item (id) VALUES (?)", id + "-a").mustChange(1),
                    Statement.of("INSERT INTO item (id) VALUES (?)", id + "-b").mustChange(1));
            // Only a power cut makes a difference between the two, and nothing here can do that.
            store.execute(round % 2 == 0 ? pair : pair.withoutSync());
            try {
                out.write((id + "\n").getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
