package dev.mayfly.fleet.backend.slot;

import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.StartTimes.Way;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.GuestMachine;
import dev.mayfly.fleet.backend.machine.Processes;
import dev.mayfly.fleet.backend.machine.Shape;
import dev.mayfly.fleet.guest.GuestIdentity;
import dev.mayfly.fleet.ssh.LoginKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** One slot. */
public final class SlotMachine extends GuestMachine {
    /** Of the holder alone: the slot's own processes work in its root. */
    static final String MARK = "disk=Disk.img";

    /** By which a template lets a key in and starts its SSH server. */
    private static final String HOOK = "/sbin/mayfly-hook";

    private static final String READY = "ready ";

    /** What a slot has written is let go with its disk, and that is written back first. */
    private static final Duration END = Duration.ofSeconds(30);

    private static final Duration KILL = Duration.ofSeconds(10);

    private final SlotShop shop;

    SlotMachine(SlotShop shop, Bundle bundle) {
        super(shop.guests(), bundle, MARK);
        this.shop = shop;
    }

    /** @throws java.nio.file.FileAlreadyExistsException when there is anything of it */
    void make(Shape shape, String name, Identity identity) throws IOException, InterruptedException {
        shop.template().check();
        Files.createDirectory(bundle().folder());
        long begun = shop.guests().ticker().nanos();
        Path blank = shop.blanks().of(shape.diskBytes());
        LoginKey key = LoginKey.fresh();
        key.save(bundle().folder());
        GuestIdentity.fresh(name, identity, key.line(), shop.guests().random()).save(bundle().identity());
        int number = shop.claims().claim(bundle());
        SlotGroup group = shop.group(number);
        group.make(shape);
        long cloned = shop.guests().ticker().nanos();
        start(command(number, group, blank, name, identity));
        times(new StartTimes(
                Way.BOOTED,
                "",
                Duration.ofNanos(cloned - begun),
                Duration.ofNanos(shop.guests().ticker().since(cloned)),
                Duration.ZERO,
                Duration.ZERO));
    }

    private List<String> command(int number, SlotGroup group, Path blank, String name, Identity identity) {
        SlotSettings settings = shop.settings();
        List<String> line = new ArrayList<>(List.of(
                settings.program().toString(),
                "root=" + settings.template().disk(),
                "blank=" + blank.toAbsolutePath(),
                MARK,
                "ids=" + Claims.ids(number),
                "name=" + name,
                "machine=" + identity.machine(),
                "hook=" + HOOK));
        group.folders().forEach(folder -> line.add("group=" + folder));
        settings.way().ifPresent(way -> line.addAll(way.words()));
        return line;
    }

    private void start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(bundle().folder().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectError(bundle().complaints().toFile())
                .start();
        try (BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = said.readLine();
            if (line == null || !line.startsWith(READY)) {
                throw new IOException("the slot was not made: " + (line == null ? "its holder has ended" : line));
            }
            Files.writeString(bundle().port(), line.substring(READY.length()).strip());
        }
    }

    @Override
    public void destroy() throws IOException, InterruptedException {
        leave();
        for (ProcessHandle each : processes()) {
            each.destroy();
            if (!Processes.awaitEnd(each, END)) {
                each.destroyForcibly();
            }
            if (!Processes.awaitEnd(each, KILL)) {
                throw new IOException("process " + each.pid() + " does not end");
            }
        }
        OptionalInt number = shop.claims().of(bundle());
        if (number.isPresent()) {
            shop.group(number.getAsInt()).remove();
        }
        bundle().delete();
        if (number.isPresent()) {
            shop.claims().release(number.getAsInt());
        }
    }
}
