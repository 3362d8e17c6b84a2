package dev.mayfly.app;

import dev.mayfly.base.id.IdSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A worker's seat in a process of its own, to be killed. It says its epoch in three lines and stays. */
final class SeatedProcess {
    private SeatedProcess() {}

    static Process start(Path home) throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        SeatedProcess.class.getName(),
                        home.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] arguments) throws InterruptedException {
        try (WorkerSeat seat = WorkerSeat.take(Path.of(arguments[0]), IdSource.random())) {
            System.out.println(seat.epoch().id() + "\n" + seat.epoch().home() + "\n"
                    + seat.epoch().process());
            Thread.sleep(60_000);
        }
    }
}
