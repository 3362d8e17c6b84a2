package dev.mayfly.env.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.mayfly.env.fuse.FuseAbi.Entry;
import dev.mayfly.env.fuse.FuseAbi.In;
import dev.mayfly.env.fuse.FuseAbi.Op;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.testkit.Needs;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnswersTest {
    private static final int CALLS = 20_000;

    @TempDir
    Path dir;

    @BeforeEach
    void on_linux() {
        Needs.linux();
    }

    private SomeFiles one(int size) {
        SomeFiles files = new SomeFiles(dir);
        byte[] content = new byte[size];
        new Random(1).nextBytes(content);
        files.file(files.root(), RawName.of("file"), FileMode.REGULAR | 0644, content);
        return files;
    }

    @Test
    void lookup_getattr_and_read_allocate_nothing() {
        try (Requests requests = Requests.of(one(300_000), dir)) {
            byte[] there = "file".getBytes(StandardCharsets.UTF_8);
            byte[] absent = "nothing".getBytes(StandardCharsets.UTF_8);
            Runnable all = () -> {
                requests.lookup(1, there);
                requests.lookup(1, absent);
                requests.attributes(2);
                requests.read(Op.READ, 2, 4096, 131072);
                requests.read(Op.READDIRPLUS, 1, 0, 4096);
            };
            assertThat(allocatedBy(all)).isZero();
        }
    }

    /** Bytes that this thread allocates in many rounds, after as many that let classes be loaded and code be compiled. */
    private static long allocatedBy(Runnable work) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < CALLS; i++) {
            work.run();
        }
        threads.getCurrentThreadAllocatedBytes();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
            work.run();
        }
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void a_name_that_is_not_there_is_node_zero_that_may_be_remembered() {
        try (Requests requests = Requests.of(one(1), dir)) {
            assertThat(requests.lookup(1, "no".getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(Entry.SIZE);
            assertThat(Words.getLong(requests.reply(), Reply.BODY + Entry.NODE)).isZero();
            assertThat(Words.getLong(requests.reply(), Reply.BODY + Entry.ENTRY_VALID))
                    .isGreaterThan(1_000_000_000);
        }
    }

    @Test
    void the_kernel_may_ask_for_dot_and_dot_dot() {
        SomeFiles files = one(1);
        files.root().directory(RawName.of("d"), FileMode.DIRECTORY | 0755);
        try (Requests requests = Requests.of(files, dir)) {
            requests.lookup(2, new byte[] {'.', '.'});
            assertThat(Words.getLong(requests.reply(), Reply.BODY)).isEqualTo(1);
            requests.lookup(2, new byte[] {'.'});
            assertThat(Words.getLong(requests.reply(), Reply.BODY)).isEqualTo(2);
        }
    }

    @Test
    void every_operation_that_changes_something_is_refused_as_on_a_read_only_disk() {
        int[] changing = {4, 6, 8, 9, 10, 11, 12, 13, 16, 21, 24, 35, 43, 45, 47, 51};
        try (Requests requests = Requests.of(one(1), dir)) {
            for (int opcode : changing) {
                requests.header(opcode, 1);
                assertThat(requests.send(In.SIZE + 64)).as("opcode %s", opcode).isEqualTo(-Native.EROFS);
            }
        }
    }

    @Test
    void an_operation_nobody_knows_is_not_implemented() {
        try (Requests requests = Requests.of(one(1), dir)) {
            for (int opcode : new int[] {0, 7, 19, 52, 4096, 436207616, -1}) {
                requests.header(opcode, 1);
                assertThat(requests.send(In.SIZE)).as("opcode %s", opcode).isEqualTo(-Native.ENOSYS);
            }
        }
    }

    @Test
    void what_needs_no_answer_gets_none() {
        try (Requests requests = Requests.of(one(1), dir)) {
            for (int opcode : new int[] {Op.FORGET, Op.BATCH_FORGET, Op.INTERRUPT}) {
                requests.header(opcode, 1);
                assertThat(requests.send(In.SIZE + 8)).isEqualTo(Answers.NONE);
            }
        }
    }

    @Test
    void no_request_however_malformed_breaks_the_server() {
        Random random = new Random(77);
        SomeFiles files = SomeFiles.random(dir, 5, 60);
        try (Requests requests = Requests.of(files, dir)) {
            MemorySegment request = requests.request();
            byte[] bytes = new byte[300];
            for (int i = 0; i < 100_000; i++) {
                random.nextBytes(bytes);
                MemorySegment.copy(bytes, 0, request, ValueLayout.JAVA_BYTE, 0, bytes.length);
                requests.header(random.nextInt(56), random.nextInt(5) == 0 ? random.nextLong() : random.nextInt(70));
                int body = requests.send(In.SIZE + random.nextInt(bytes.length - In.SIZE));
                assertThat(body == Answers.NONE || (body > -200 && body <= Answers.MOST))
                        .as("answer %s in round %s", body, i)
                        .isTrue();
            }
        }
    }

    @Test
    void a_kernel_that_is_too_old_or_says_too_little_is_refused() {
        try (Requests requests = Requests.of(one(1), dir)) {
            requests.header(Op.INIT, 0);
            Words.putInt(requests.request(), In.SIZE, 7);
            Words.putInt(requests.request(), In.SIZE + 4, 22);
            assertThat(requests.send(In.SIZE + 64)).isEqualTo(-Native.EPROTO);
            assertThat(requests.send(In.SIZE + 4)).isEqualTo(-Native.EINVAL);
            Words.putInt(requests.request(), In.SIZE + 4, 41);
            assertThat(requests.send(In.SIZE + 64)).isEqualTo(64);
        }
    }

    @Test
    void only_flags_that_the_kernel_offers_are_taken() {
        try (Requests requests = Requests.of(one(1), dir)) {
            requests.header(Op.INIT, 0);
            Words.putInt(requests.request(), In.SIZE, 7);
            Words.putInt(requests.request(), In.SIZE + 4, 31);
            Words.putInt(requests.request(), In.SIZE + 12, 1);
            Words.putInt(requests.request(), In.SIZE + 16, -1);
            requests.send(In.SIZE + 64);
            assertThat(Words.getInt(requests.reply(), Reply.BODY + FuseAbi.InitOut.FLAGS))
                    .isEqualTo(1);
            assertThat(Words.getInt(requests.reply(), Reply.BODY + FuseAbi.InitOut.FLAGS2))
                    .as("without INIT_EXT there is no second word")
                    .isZero();
        }
    }
}
