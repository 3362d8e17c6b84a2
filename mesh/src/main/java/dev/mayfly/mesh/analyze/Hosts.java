package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.topology.Fabric;

/** Which host a card is in. Hosts are numbered from 0. */
public interface Hosts {
    int of(int card);

    int count();

    /** As a fabric numbers them. */
    static Hosts of(Fabric fabric) {
        return new Hosts() {
            @Override
            public int of(int card) {
                return fabric.hostOf(card);
            }

            @Override
            public int count() {
                return fabric.hostOf(fabric.cards() - 1) + 1;
            }
        };
    }
}
