package dev.mayfly.fleet.backend.vz;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.TemplateName;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.GuestBackend;
import dev.mayfly.fleet.backend.machine.Guests;
import dev.mayfly.fleet.backend.machine.Shape;
import dev.mayfly.fleet.guest.http.AnnounceDesk;
import dev.mayfly.fleet.image.TemplateGuard;
import dev.mayfly.fleet.protocol.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Machines of macOS. None stands ready, and none is saved: a saved one could only be restored under its own identifier. */
public final class VzBackend extends GuestBackend<VzMachine> {
    private final VzShop shop;
    private final ReentrantLock making = new ReentrantLock();

    /** @throws MayflyException {@code TEMPLATE_INVALID} or {@code LISTEN_FAILED} */
    public static VzBackend open(VzSettings settings, Ticker ticker, Log parentLog) {
        Log log = parentLog.named("vz");
        VzTemplate template = VzTemplate.of(settings.template());
        Path runners = folder(settings);
        return new VzBackend(
                runners,
                new VzShop(
                        settings,
                        template,
                        new TemplateGuard(settings.template()),
                        AnnounceDesk.open(settings.announce(), log),
                        Guests.of(settings.template().sshUser(), ticker)),
                log);
    }

    private VzBackend(Path runners, VzShop shop, Log log) {
        super(runners, shop.guests(), shop.settings().mostMemoryBytes(), log);
        this.shop = shop;
    }

    private static Path folder(VzSettings settings) {
        try {
            Files.createDirectories(settings.runners());
            return settings.runners().toRealPath();
        } catch (IOException e) {
            throw unavailable(because(e), "name a folder for runners that can be written");
        }
    }

    @Override
    protected VzMachine open(Bundle bundle) {
        return new VzMachine(shop, bundle);
    }

    @Override
    public Optional<TemplateName> template() {
        return Optional.of(called(shop.settings().template()));
    }

    /** What is left of a machine counts: nobody knows whether it lives. */
    private Optional<String> full() {
        int there = survey().size();
        return there < VzSettings.MOST_MACHINES
                ? Optional.empty()
                : Optional.of("this Mac has " + there + " machines of macOS, and Apple's licence and its kernel allow "
                        + VzSettings.MOST_MACHINES);
    }

    @Override
    public Optional<String> refusal(ResourceType type) {
        return full().or(() -> super.refusal(type));
    }

    @Override
    public void make(Plan plan) {
        Attempt attempt = plan.attempt();
        requireShortName(attempt);
        VzMachine machine = machine(attempt);
        Shape shape = shape(plan.type());
        work(attempt, () -> {
            making.lockInterruptibly();
            try {
                if (!machine.bundle().exists()) {
                    Optional<String> full = full();
                    if (full.isPresent()) {
                        throw new IOException(full.get());
                    }
                }
                room().promise(machine, shape);
                machine.make(shape, plan.name().value(), plan.identity());
            } finally {
                room().settle(machine);
                making.unlock();
            }
            log().info()
                    .with("attempt", attempt)
                    .with("clone_micros", machine.times().cloned().toNanos() / 1_000)
                    .with("start_millis", machine.times().started().toMillis())
                    .log("machine started");
            return machine;
        });
    }

    @Override
    public void close() {
        super.close();
        shop.desk().close();
    }
}
