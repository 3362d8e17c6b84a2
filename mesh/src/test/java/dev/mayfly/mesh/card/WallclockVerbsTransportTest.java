package dev.mayfly.mesh.card;

class WallclockVerbsTransportTest extends VerbsTransportContract {
    @Override
    FakeCard.Clock clock() {
        return FakeCard.Clock.WALLCLOCK;
    }

    @Override
    boolean ipv6() {
        return true;
    }
}
