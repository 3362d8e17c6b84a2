package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.HostRoom;
import dev.mayfly.fleet.backend.machine.Shape;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Machines that stand ready: made, with keys and an identity of their own, and nobody's. Whoever takes one gives it another
 * identity; the first is never used again. Belongs to the process that made them: the next one sweeps them away, because it
 * cannot know what state they are in. Safe for concurrent use.
 */
final class Standing {
    private static final String SUFFIX = ".standing";
    private static final int IDENTIFIER_BYTES = 16;

    private final Workshop shop;
    private final Path runners;
    private final HostRoom room;
    private final Map<ResourceType, Deque<QemuMachine>> ready = new EnumMap<>(ResourceType.class);

    Standing(Workshop shop, Path runners, HostRoom room) {
        this.shop = shop;
        this.runners = runners;
        this.room = room;
    }

    synchronized Map<ResourceType, Integer> count() {
        Map<ResourceType, Integer> count = new EnumMap<>(ResourceType.class);
        ready.forEach((type, machines) -> {
            if (!machines.isEmpty()) {
                count.put(type, machines.size());
            }
        });
        return count;
    }

    void add(ResourceType type, Shape shape, Duration patience) throws IOException, InterruptedException {
        byte[] bytes = new byte[IDENTIFIER_BYTES];
        shop.random().nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        Identity own = new Identity(
                new MachineIdentifier(id), MacAddress.of(shop.random().nextLong()));
        QemuMachine machine = new QemuMachine(shop, new Bundle(runners.resolve(id.substring(0, 12) + SUFFIX)));
        room.promise(machine, shape);
        boolean stands = false;
        try {
            machine.make("standing-" + type.word(), shape, "standing", own);
            machine.awaitReady(patience);
            machine.stayInTouch();
            synchronized (this) {
                ready.computeIfAbsent(type, _ -> new ArrayDeque<>()).addLast(machine);
            }
            stands = true;
        } finally {
            room.settle(machine);
            if (!stands) {
                machine.destroy();
            }
        }
    }

    /** The oldest that is alive; from now on it is the caller's. */
    Optional<QemuMachine> next(ResourceType type) {
        while (true) {
            QemuMachine machine;
            synchronized (this) {
                machine = ready.getOrDefault(type, new ArrayDeque<>()).pollFirst();
            }
            if (machine == null) {
                return Optional.empty();
            }
            try {
                machine.requireAlive();
                return Optional.of(machine);
            } catch (IOException e) {
                shop.log().warn().cause(e).log("a machine that stood ready has died");
                discard(machine);
            }
        }
    }

    void dismiss() {
        List<QemuMachine> all = new ArrayList<>();
        synchronized (this) {
            ready.values().forEach(all::addAll);
            ready.clear();
        }
        all.forEach(this::discard);
    }

    private void discard(QemuMachine machine) {
        try {
            machine.destroy();
        } catch (IOException e) {
            shop.log().warn().with("bundle", machine.bundle()).cause(e).log("something is left of a machine");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What no living process of this host has. */
    List<String> sweep() {
        List<String> swept = new ArrayList<>();
        List<Path> mine = new ArrayList<>();
        synchronized (this) {
            ready.values()
                    .forEach(all -> all.forEach(each -> mine.add(each.bundle().folder())));
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(runners, "*" + SUFFIX)) {
            for (Path each : all) {
                if (!mine.contains(each)) {
                    discard(new QemuMachine(shop, new Bundle(each)));
                    swept.add("machine " + each.getFileName());
                }
            }
        } catch (IOException e) {
            shop.log().warn().cause(e).log("machines that stood ready cannot be listed");
        }
        return swept;
    }
}
