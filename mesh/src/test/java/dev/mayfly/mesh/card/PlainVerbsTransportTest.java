package dev.mayfly.mesh.card;

class PlainVerbsTransportTest extends VerbsTransportContract {
    @Override
    FakeCard.Clock clock() {
        return FakeCard.Clock.NONE;
    }

    @Override
    boolean ipv6() {
        return false;
    }
}
