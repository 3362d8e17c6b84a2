package dev.mayfly.mesh.soft;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Measures frames per second and core over loopback, in turns: {@code FRAMES ROUNDS OUTPUT}. */
final class SoftFigures {
    private SoftFigures() {}

    public static void main(String[] args) throws Exception {
        long frames = Long.parseLong(args[0]);
        StringBuilder out = new StringBuilder();
        for (int round = 0; round < Integer.parseInt(args[1]); round++) {
            try (World kernel = new LoopbackWorld(address -> KernelTransport.open(address, World.PORTS))) {
                line(out, "kernel stamps", kernel, frames);
            }
            try (World plain =
                    new LoopbackWorld(address -> PlainTransport.open(address, World.PORTS, Ticker.system()))) {
                line(out, "datagram channel", plain, frames);
            }
        }
        Files.writeString(Path.of(args[2]), out);
    }

    private static void line(StringBuilder out, String what, World world, long frames) {
        PacketRate rate = PacketRate.measure(world.a(), world.b(), World.PORTS, frames);
        out.append(String.format(
                Locale.ROOT,
                "%-17s sent %,8.0f/s received %,8.0f/s both %,8.0f/s arrived %,d stamped %,d%n",
                what,
                rate.sentPerSecond(),
                rate.receivedPerSecond(),
                rate.bothPerSecond(),
                rate.frames(),
                rate.stamped()));
    }
}
