package dev.mayfly.mesh.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.service.ConnectionTuple;
import dev.mayfly.mesh.service.Gid;
import dev.mayfly.mesh.service.Tracing;
import dev.mayfly.mesh.service.VerbsEvent;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import dev.mayfly.testkit.KeptLog;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real kernel, with a library of our own: {@code -Dmayfly.uprobes=1000000} for as many calls. */
class VerbsTracerTest {
    private static final int CALLS = Integer.getInteger("mayfly.uprobes", 4000);
    private static final int SERVICES = 4;
    private static final Gid THERE = Gid.of(IpAddress.parse("10.9.8.7"));

    @TempDir
    static Path folder;

    private final Told told = new Told();
    private final KeptLog log = new KeptLog();

    @BeforeAll
    static void build() throws Exception {
        TestService.build(folder);
        Capability tracing = VerbsDoctor.row();
        Needs.that(tracing.state() == CapabilityState.ACTIVE, "uprobes", tracing.evidence());
    }

    private static VerbsOptions options(int ringBytes) {
        return new VerbsOptions(ringBytes, Duration.ofMillis(50), List.of(folder.resolve("libibverbs.so.1")), Set.of());
    }

    private Tracing.Running watch() {
        return new VerbsTracer(options(64 << 20), log.log()).start(told);
    }

    @Test
    void no_call_of_any_process_is_missed_and_all_come_in_order() throws Exception {
        List<TestService> services = new ArrayList<>();
        try {
            for (int i = 0; i < SERVICES / 2; i++) {
                services.add(TestService.start(folder));
            }
            long start;
            try (Tracing.Running running = watch()) {
                while (services.size() < SERVICES) {
                    services.add(TestService.start(folder));
                }
                assertThat(running.libraries()).isPositive();
                start = System.nanoTime();
                storm(services, CALLS / SERVICES);
                told.awaitTotal(CALLS + SERVICES);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%d calls of %d processes in %.1f s, %d lost%n", CALLS, services.size(), seconds, told.lost());
            assertThat(told.lost()).isZero();
            for (TestService service : services) {
                inOrder(told.of(service.pid()), CALLS / SERVICES);
            }
        } finally {
            services.forEach(TestService::close);
        }
    }

    private static void storm(List<TestService> services, int calls) throws Exception {
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory())) {
            List<Future<?>> storms = new ArrayList<>();
            for (TestService each : services) {
                storms.add(threads.submit(() -> {
                    each.storm(calls);
                    return null;
                }));
            }
            for (Future<?> each : storms) {
                each.get();
            }
        }
    }

    /** Begins with a creation, then counts from 1, and each tenth is a destruction. */
    private static void inOrder(List<VerbsEvent> events, int calls) {
        assertThat(events).hasSize(calls + 1);
        assertThat(events.getFirst().tuple().event()).isEqualTo(ConnectionTuple.CREATED);
        for (int i = 1; i <= calls; i++) {
            ConnectionTuple tuple = events.get(i).tuple();
            boolean destroys = i % 10 == 0;
            if (tuple.localQueuePair() != i
                    || tuple.event() != (destroys ? ConnectionTuple.DESTROYED : ConnectionTuple.CHANGED)
                    || tuple.remoteQueuePair() != (destroys ? 0 : i)
                    || tuple.nanos() < events.get(i - 1).tuple().nanos()) {
                throw new AssertionError("call " + i + " was told as " + tuple);
            }
        }
    }

    @Test
    void a_call_is_told_with_all_that_the_service_said() throws Exception {
        try (Tracing.Running _ = watch();
                TestService service = TestService.start(folder)) {
            int queuePair = service.create();
            service.connect(queuePair, THERE, 0x12345, 0x77, 3);
            VerbsEvent event = told.await(
                    service.pid(),
                    each -> each.tuple().event() == ConnectionTuple.CHANGED
                            && each.tuple().state() == 2);
            assertThat(event.tuple().localQueuePair()).isEqualTo(queuePair);
            assertThat(event.tuple().remoteQueuePair()).isEqualTo(0x77);
            assertThat(event.tuple().remote()).isEqualTo(THERE);
            assertThat(event.tuple().port()).isEqualTo(1);
            assertThat(event.tuple().command()).isEqualTo("service");
            assertThat(event.tuple().thread()).isEqualTo((int) service.pid());
            assertThat(event.flowLabel()).isEqualTo(0x12345);
            assertThat(event.gidIndex()).isEqualTo(3);
            assertThat(event.device()).isEqualTo("mfx0");
            assertThat(event.type()).isEqualTo(2);
            assertThat(event.mask()).isEqualTo(1 | 1 << 7 | 1 << 20);
            assertThat(event.controlGroup()).isPositive();
        }
    }

    @Test
    void the_end_of_a_process_is_told_however_it_comes_and_that_of_others_is_not() throws Exception {
        try (Tracing.Running _ = watch();
                TestService killed = TestService.start(folder);
                TestService become = TestService.start(folder);
                TestService idle = TestService.start(folder)) {
            killed.create();
            become.create();
            become.become();
            told.awaitEnd(become.pid());
            idle.close();
            killed.close();
            told.awaitEnd(killed.pid());
            assertThat(told.of(idle.pid())).isEmpty();
        }
    }

    @Test
    void a_copy_of_the_library_that_a_container_brings_is_found() throws Exception {
        try (Tracing.Running _ = watch();
                TestService service =
                        TestService.contained(folder, "mount -t tmpfs t /mnt && cp $1/libibverbs.so.1 /mnt")) {
            // The file is named by the process that has it; this machine may have others.
            awaitSaid("watching a copy", "/proc/" + service.pid() + "/", 1);
            int queuePair = service.create();
            VerbsEvent event = told.await(service.pid(), _ -> true);
            assertThat(event.tuple().localQueuePair()).isEqualTo(queuePair);
        }
    }

    @Test
    void one_file_with_several_names_is_told_once() throws Exception {
        String overlay = "mount -t tmpfs t /mnt && mkdir /mnt/u /mnt/w /mnt/m"
                + " && mount -t overlay o -o lowerdir=$1,upperdir=/mnt/u,workdir=/mnt/w /mnt/m && mount --move /mnt/m /mnt";
        try (Tracing.Running _ = watch();
                TestService first = contained(overlay);
                TestService second = contained(overlay)) {
            first.create();
            told.await(first.pid(), _ -> true);
            for (int i = 0; i < 20; i++) {
                second.create();
            }
            second.storm(100);
            second.close();
            told.awaitEnd(second.pid());
            List<VerbsEvent> events = told.of(second.pid());
            assertThat(events).extracting(event -> event.tuple().event()).containsSubsequence(1, 1, 2, 2, 3);
            // A thread that waits for a processor between two probes of one call is told twice.
            assertThat(events.size()).isBetween(20 + 101 + 1, 20 + 101 + 1 + 10);
            awaitSaid("are one file", "", 1);
        }
    }

    private TestService contained(String prepare) throws Exception {
        TestService service = TestService.contained(folder, prepare);
        try (TestService plain = TestService.start(folder)) {
            long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (service.library().isEmpty() || plain.library().isEmpty()) {
                Needs.that(System.nanoTime() < end, "overlays", "none can be mounted in a namespace here");
                Thread.sleep(10);
            }
            Needs.that(
                    !service.library().equals(plain.library()),
                    "overlays with names of their own",
                    "this kernel shows the file below");
            awaitSaid("watching a copy", "/proc/" + service.pid() + "/", 1);
            return service;
        } catch (Exception | Error e) {
            service.close();
            throw e;
        }
    }

    private void awaitSaid(String message, String field, int times) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (said(message, field) < times) {
            assertThat(System.nanoTime()).as(log.text()).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private long said(String message, String field) {
        return log.entries().stream()
                .filter(entry -> entry.message().contains(message))
                .filter(entry -> field.isEmpty()
                        || entry.fields().stream()
                                .anyMatch(each -> String.valueOf(each.value()).contains(field)))
                .count();
    }

    @Test
    void what_finds_no_room_is_counted_and_not_hidden() throws Exception {
        int calls = 2000;
        Semaphore gate = new Semaphore(0);
        AtomicInteger taken = new AtomicInteger();
        Tracing.Sink slow = new Tracing.Sink() {
            @Override
            public void happened(VerbsEvent event) {
                gate.acquireUninterruptibly();
                gate.release();
                taken.incrementAndGet();
                told.happened(event);
            }

            @Override
            public void lost(long events) {
                told.lost(events);
            }
        };
        try (Tracing.Running _ = new VerbsTracer(options(1 << 16), log.log()).start(slow);
                TestService service = TestService.start(folder)) {
            service.storm(calls);
            gate.release();
            told.awaitTotal(calls + 1);
            assertThat(told.lost()).isPositive();
            assertThat(taken.get() + told.lost()).isEqualTo(calls + 1);
        } finally {
            gate.release();
        }
    }

    @Test
    void a_library_without_the_functions_is_left_alone() throws IOException {
        Path libjava = Path.of(System.getProperty("java.home"), "lib", "libjava.so");
        VerbsOptions options =
                new VerbsOptions(1 << 16, Duration.ofMillis(50), List.of(libjava, folder.resolve("missing")), Set.of());
        try (Tracing.Running _ = new VerbsTracer(options, log.log()).start(told)) {
            assertThat(said("watching a copy", "libjava")).isZero();
            assertThat(said("is not watched", "libjava")).isEqualTo(1);
        }
    }
}
