package dev.mayfly.mesh.soft;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.card.VerbsTrial;
import dev.mayfly.mesh.doctor.MeshDoctor;
import dev.mayfly.mesh.doctor.Trials;
import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.verbs.VerbsDoctor;
import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.FrameView;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Roce;
import dev.mayfly.mesh.wire.Route;
import dev.mayfly.platform.linux.Machine;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.verbs.VerbsLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Trials over sockets of this host. */
public final class SoftTrials implements Trials {
    private static final long PATIENCE_NANOS = 500_000_000;
    private static final Duration DCB_PATIENCE = Duration.ofSeconds(5);

    @Override
    public List<Capability> verbs() {
        return VerbsTrial.rows(VerbsLibrary::load);
    }

    @Override
    public boolean portIsFree() {
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.bind(new InetSocketAddress("0.0.0.0", Roce.UDP_PORT));
            return true;
        } catch (BindException _) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Capability stamps() {
        // An address of this host that nobody else is likely to use at the same time.
        IpAddress self = IpAddress.v4(0x7F000000 | ThreadLocalRandom.current().nextInt(0x10000, 0xFFFFFF));
        int port = Roce.FIRST_SOURCE_PORT + ThreadLocalRandom.current().nextInt(0x4000);
        try {
            Soft.Choice choice = Soft.open(self, List.of(port), Ticker.system());
            try (Transport transport = choice.transport()) {
                Noted noted = new Noted();
                transport.send(
                        new Route(self, self, port, Route.DEFAULT_PARTITION, 1, 1, 1), ByteBuffer.allocate(4), 0, 4, 1);
                transport.flush();
                long end = System.nanoTime() + PATIENCE_NANOS;
                while (!noted.all() && System.nanoTime() < end) {
                    transport.receive(noted, 10_000_000);
                }
                return row(noted, choice);
            }
        } catch (MayflyException e) {
            return Capability.unavailable(
                    MeshDoctor.STAMPS, "could not be tried: " + e.what() + ": " + e.why(), "see " + MeshDoctor.PORT);
        }
    }

    private static Capability row(Noted noted, Soft.Choice choice) {
        if (!noted.all()) {
            return Capability.unavailable(
                    MeshDoctor.STAMPS,
                    "a frame to this host itself "
                            + (noted.arrived == 0 ? "did not arrive" : "was not stamped when it left"),
                    "look for a firewall that drops UDP 4791: nft list ruleset");
        }
        return choice.transport().stamping() == Stamping.KERNEL
                ? Capability.active(
                        MeshDoctor.STAMPS,
                        "kernel: a frame to this host itself took " + (noted.arrived - noted.left) + " ns")
                : Capability.degraded(MeshDoctor.STAMPS, "program: " + choice.why(), choice.fix());
    }

    @Override
    public Capability tracing() {
        return VerbsDoctor.row();
    }

    @Override
    public Optional<String> stampsOf(String networkInterface) {
        return Soft.kernelStamps(System.getProperty("os.name", ""), Machine.current())
                ? DriverStamps.of(networkInterface).map(DriverStamps::words)
                : Optional.empty();
    }

    /** By dcb(8) of iproute2, which speaks the kernel's DCB netlink. */
    @Override
    public Optional<String> priorityFlowControl(String networkInterface) {
        try {
            Process process = new ProcessBuilder("dcb", "pfc", "show", "dev", networkInterface)
                    .redirectErrorStream(true)
                    .start();
            try {
                String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                boolean ended = process.waitFor(DCB_PATIENCE.toSeconds(), TimeUnit.SECONDS);
                return ended && process.exitValue() == 0
                        ? said.lines()
                                .map(String::strip)
                                .filter(line -> line.startsWith("prio-pfc"))
                                .findFirst()
                        : Optional.empty();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /** When the frame left and when it arrived. */
    private static final class Noted implements Receiver {
        private long left;
        private long arrived;

        boolean all() {
            return left != 0 && arrived != 0;
        }

        @Override
        public void arrived(IpAddress source, int sourcePort, FrameView frame, long stamp) {
            arrived = stamp;
        }

        @Override
        public void sent(long token, long stamp) {
            left = stamp;
        }

        @Override
        public void damaged(IpAddress source, int sourcePort, FrameView claims) {}

        @Override
        public void rejected(IpAddress source, Decoded.Rejected why) {}

        @Override
        public void sendFailed(long token) {}
    }
}
