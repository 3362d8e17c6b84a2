package dev.mayfly.mesh.soft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.transport.World;
import dev.mayfly.testkit.Needs;
import org.junit.jupiter.api.Test;

class PacketRateTest {
    @Test
    void a_rate_counts_frames_that_arrived_and_were_stamped() {
        Needs.linux();
        try (World world = new LoopbackWorld(address -> KernelTransport.open(address, World.PORTS))) {
            PacketRate rate = PacketRate.measure(world.a(), world.b(), World.PORTS, 1_920);
            assertThat(rate.frames()).isEqualTo(1_920);
            assertThat(rate.stamped()).isEqualTo(1_920);
            assertThat(rate.bothPerSecond()).isPositive().isLessThan(rate.sentPerSecond());
        }
    }
}
