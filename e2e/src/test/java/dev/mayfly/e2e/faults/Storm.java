package dev.mayfly.e2e.faults;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** Does one fault after the other, as chance has it. */
final class Storm {
    private final Farm farm;
    private final List<Supervised> workers;
    private final Supervised service;
    private final Disk disk;
    private final RandomGenerator chance;
    private final Map<String, Integer> done = new TreeMap<>();
    private int kills;

    Storm(Farm farm, List<Supervised> workers, Supervised service, Disk disk, RandomGenerator chance) {
        this.farm = farm;
        this.workers = workers;
        this.service = service;
        this.disk = disk;
        this.chance = chance;
    }

    synchronized int kills() {
        return kills;
    }

    synchronized Map<String, Integer> done() {
        return new TreeMap<>(done);
    }

    private synchronized void note(String what) {
        done.merge(what, 1, Integer::sum);
        if (what.endsWith("killed")) {
            kills++;
        }
    }

    /** One fault, and for those that last, until it is over. */
    void blow() throws Exception {
        Supervised worker = workers.get(chance.nextInt(workers.size()));
        int dice = chance.nextInt(100);
        if (dice < 50) {
            if (worker.kill9()) {
                note("worker killed");
            }
        } else if (dice < 75) {
            String what = farm.disturb(chance);
            if (!what.isEmpty()) {
                note(what);
            }
        } else if (dice < 85) {
            if (worker.pause(100 + chance.nextInt(2500))) {
                note("worker paused");
            }
        } else if (dice < 90) {
            if (service.kill9()) {
                note("service killed");
            }
        } else if (dice < 95) {
            disk.fill();
            try {
                Thread.sleep(200 + chance.nextInt(1500));
            } finally {
                disk.empty();
            }
            note("disk full");
        } else {
            // Both at once: nobody is left who could prove anything.
            for (Supervised each : workers) {
                if (each.kill9()) {
                    note("worker killed");
                }
            }
        }
    }
}
