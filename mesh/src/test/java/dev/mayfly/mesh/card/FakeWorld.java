package dev.mayfly.mesh.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.World;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.linux.Machine;
import dev.mayfly.testkit.Needs;

/** Two cards of one fake library, and a transport on each. */
final class FakeWorld implements World {
    static final long SKEW = 3_600_000_000_000L;

    final FakeVerbs verbs;
    final FakeCard cardA;
    final FakeCard cardB;
    private final VerbsTransport a;
    private final VerbsTransport b;
    private final boolean ipv6;

    private FakeWorld(boolean ipv6, FakeCard.Clock clock, int key, int pairA, int pairB) {
        Needs.linux();
        Needs.that(Machine.current() == Machine.X86_64, "verbs", "its structures are known for x86-64 only");
        this.ipv6 = ipv6;
        verbs = new FakeVerbs();
        IpAddress addressA = IpAddress.parse(ipv6 ? "fd00::1" : "10.0.0.1");
        IpAddress addressB = IpAddress.parse(ipv6 ? "fd00::2" : "10.0.0.2");
        cardA = verbs.add("fake_0").with(addressA);
        cardB = verbs.add("fake_1").with(addressB);
        cardA.clock = clock;
        cardB.clock = clock;
        cardA.nextPair = pairA;
        cardB.nextPair = pairB;
        if (clock == FakeCard.Clock.WALLCLOCK) {
            cardB.skewNanos = SKEW;
        }
        CardOptions options = CardOptions.USUAL.withKey(key);
        a = VerbsTransport.open(verbs.library(), addressA, PORTS, options, Ticker.system());
        b = VerbsTransport.open(verbs.library(), addressB, PORTS, options, Ticker.system());
    }

    static FakeWorld of(boolean ipv6, FakeCard.Clock clock, int key, int pairA, int pairB) {
        return new FakeWorld(ipv6, clock, key, pairA, pairB);
    }

    @Override
    public VerbsTransport a() {
        return a;
    }

    @Override
    public VerbsTransport b() {
        return b;
    }

    @Override
    public Ticker ticker() {
        return Ticker.system();
    }

    @Override
    public long skewNanos() {
        return cardB.skewNanos;
    }

    @Override
    public boolean tellsSourcePorts() {
        return ipv6;
    }

    @Override
    public void close() {
        a.close();
        b.close();
        assertThat(verbs.complaints).isEmpty();
        assertThat(verbs.leaks()).isEmpty();
        verbs.close();
    }
}
