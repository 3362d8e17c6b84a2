package dev.mayfly.mesh.card;

class TickingVerbsTransportTest extends VerbsTransportContract {
    @Override
    FakeCard.Clock clock() {
        return FakeCard.Clock.TICKS;
    }

    @Override
    boolean ipv6() {
        return false;
    }
}
