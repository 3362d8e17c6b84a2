package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.time.Deadline;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.StartTimes.Way;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.GuestMachine;
import dev.mayfly.fleet.backend.machine.Processes;
import dev.mayfly.fleet.backend.machine.Shape;
import dev.mayfly.fleet.guest.GuestChannel;
import dev.mayfly.fleet.guest.GuestIdentity;
import dev.mayfly.fleet.image.DiskClone;
import dev.mayfly.fleet.ssh.LoginKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** One machine under QEMU. */
final class QemuMachine extends GuestMachine {
    private static final Duration ONE_QUESTION = Duration.ofSeconds(15);
    private static final Duration QUIT = Duration.ofSeconds(2);
    private static final Duration KILL = Duration.ofSeconds(10);

    private final Workshop shop;

    QemuMachine(Workshop shop, Bundle bundle) {
        super(shop.guests(), bundle, QemuFiles.CONTROL_OPTION);
        this.shop = shop;
    }

    // --- making ----------------------------------------------------------------------------------------------------

    /**
     * Clones and starts, from a saved machine when there is one and that works.
     *
     * @throws java.nio.file.FileAlreadyExistsException when there is anything of it
     */
    void make(String label, Shape shape, String name, Identity identity) throws IOException, InterruptedException {
        shop.template().check();
        Files.createDirectory(bundle().folder());
        LoginKey key = LoginKey.fresh();
        key.save(bundle().folder());
        GuestIdentity.fresh(name, identity, key.line(), shop.random()).save(bundle().identity());
        Optional<WarmState> warm = shop.warm().find(shape);
        String why = "no machine of this size was saved: warm the template";
        if (warm.isPresent()) {
            try {
                restore(label, shape, identity, warm.get());
                return;
            } catch (IOException e) {
                why = "the saved machine could not be restored: " + e.getMessage();
                shop.log()
                        .warn()
                        .with("machine", label)
                        .cause(e)
                        .log("a machine is booted, because it was not restored");
                end();
                clear();
            }
        }
        boot(label, shape, identity, why);
    }

    private void clear() throws IOException {
        for (DiskClone.Way way : DiskClone.Way.values()) {
            Files.deleteIfExists(bundle().folder().resolve(way.fileName()));
        }
        for (Path file : List.of(QemuFiles.control(bundle()), bundle().guest(), QemuFiles.state(bundle()))) {
            Files.deleteIfExists(file);
        }
    }

    private void restore(String label, Shape shape, Identity identity, WarmState warm)
            throws IOException, InterruptedException {
        long size = Math.max(
                shape.diskBytes(), Files.size(shop.settings().template().disk()));
        DiskClone disk = DiskClone.ofSaved(warm.disk(), warm.way(), bundle().folder(), size, shop.ticker());
        long begun = shop.ticker().nanos();
        try (Qmp qmp = start(label, shape, identity, disk, new Memory.Shared(warm.memory()))) {
            // Before the machine goes on, so that its guest finds somebody there at once.
            hold(talk());
            shop.hypervisor().restore(qmp, bundle(), warm.devices());
            requireRunning(qmp);
        }
        started(Way.RESTORED, "", disk, begun);
    }

    private void boot(String label, Shape shape, Identity identity, String why)
            throws IOException, InterruptedException {
        DiskClone disk = DiskClone.of(
                shop.settings().template().disk(), bundle().folder(), shape.diskBytes(), true, shop.ticker());
        long begun = shop.ticker().nanos();
        try (Qmp qmp = start(label, shape, identity, disk, new Memory.Fresh())) {
            requireRunning(qmp);
        }
        started(Way.BOOTED, why, disk, begun);
    }

    private Qmp start(String label, Shape shape, Identity identity, DiskClone disk, Memory memory)
            throws IOException, InterruptedException {
        IntFunction<List<String>> command = shop.settings()
                .way()
                .<IntFunction<List<String>>>map(way ->
                        port -> way.holding(port, command(label, shape, identity, disk, memory, QemuCommand.held())))
                .orElse(port -> command(label, shape, identity, disk, memory, QemuCommand.apart(port)));
        return shop.hypervisor().start(bundle(), command);
    }

    private List<String> command(
            String label, Shape shape, Identity identity, DiskClone disk, Memory memory, String network) {
        return QemuCommand.of(shop.settings(), shop.accelerator(), label, shape, identity, disk.way(), memory, network);
    }

    private static void requireRunning(Qmp qmp) throws IOException {
        String status = qmp.status();
        if (!status.equals("running")) {
            throw new IOException("the machine is not running but " + status);
        }
    }

    private void started(Way way, String why, DiskClone disk, long begun) {
        Duration took = Duration.ofNanos(shop.ticker().since(begun));
        times(new StartTimes(way, why, disk.took(), took, Duration.ZERO, Duration.ZERO));
    }

    /**
     * Boots without identity, waits until the guest waits for one, and saves.
     *
     * @return how its disk was made
     */
    DiskClone.Way save(Shape shape, WarmState.Place place, Duration patience) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(patience, shop.ticker());
        shop.template().check();
        DiskClone disk = DiskClone.of(
                shop.settings().template().disk(), bundle().folder(), shape.diskBytes(), true, shop.ticker());
        try (Qmp qmp = start("warm", shape, WarmStates.NOBODY, disk, new Memory.Kept(place.memory()));
                GuestChannel talk = talk()) {
            if (talk.hello(deadline.left())) {
                throw new IOException("the guest has an identity already: such a template cannot be saved");
            }
            talk.prepare(deadline.left());
            shop.hypervisor().save(qmp, bundle(), place.devices());
        } finally {
            end();
        }
        return disk.way();
    }

    /**
     * Becomes somebody else's: another folder, another name and identity. Keys stay, which nobody else ever had. Whoever
     * finds it half way sees no host key, and does the rest as with a new machine.
     */
    void rename(Bundle place, String name, Identity identity) throws IOException, InterruptedException {
        long begun = shop.ticker().nanos();
        GuestIdentity.load(bundle().identity()).as(name, identity).save(bundle().identity());
        Files.delete(bundle().hostKey());
        Files.move(bundle().folder(), place.folder(), StandardCopyOption.ATOMIC_MOVE);
        moved(place);
        become(Deadline.in(ONE_QUESTION, shop.ticker()));
        letGo();
        Duration took = Duration.ofNanos(shop.ticker().since(begun));
        times(new StartTimes(Way.STANDING, "", Duration.ZERO, Duration.ZERO, took, Duration.ZERO));
    }

    // --- the end ---------------------------------------------------------------------------------------------------

    @Override
    public void destroy() throws IOException, InterruptedException {
        end();
        bundle().delete();
    }

    private void end() throws IOException, InterruptedException {
        leave();
        for (ProcessHandle each : processes()) {
            quit();
            if (!Processes.awaitEnd(each, QUIT)) {
                each.destroyForcibly();
            }
            if (!Processes.awaitEnd(each, KILL)) {
                throw new IOException("process " + each.pid() + " does not end");
            }
        }
    }

    /** Politely, so that QEMU lets go of everything itself; who does not listen is killed. */
    private void quit() throws InterruptedException {
        Thread asking = Thread.startVirtualThread(() -> {
            try (Qmp qmp = Qmp.connect(QemuFiles.control(bundle()))) {
                qmp.execute("quit");
            } catch (IOException e) {
                shop.log().debug().cause(e).log("QEMU was not asked to end, or ended before it could answer");
            }
        });
        try {
            asking.join(QUIT);
        } finally {
            asking.interrupt();
        }
    }
}
