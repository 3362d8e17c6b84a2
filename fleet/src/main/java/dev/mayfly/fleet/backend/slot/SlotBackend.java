package dev.mayfly.fleet.backend.slot;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.TemplateName;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.GuestBackend;
import dev.mayfly.fleet.backend.machine.Guests;
import dev.mayfly.fleet.backend.machine.Processes;
import dev.mayfly.fleet.backend.machine.Shape;
import dev.mayfly.fleet.image.TemplateGuard;
import dev.mayfly.fleet.protocol.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runners in namespaces of this machine. None stands ready before somebody wants it. */
public final class SlotBackend extends GuestBackend<SlotMachine> {
    private static final String ROOT = "root";
    private static final Path LOOPS = Path.of("/dev/loop-control");

    private final SlotShop shop;

    /** @throws MayflyException {@code MACHINES_UNAVAILABLE} when this host cannot have slots */
    public SlotBackend(SlotSettings settings, Ticker ticker, Log parentLog) {
        this(
                folder(settings),
                new SlotShop(
                        settings,
                        new TemplateGuard(settings.template()),
                        new Blanks(settings.blanks()),
                        new Claims(settings.claims()),
                        Guests.of(settings.template().sshUser(), ticker)),
                parentLog.named("slot"));
    }

    private SlotBackend(Path runners, SlotShop shop, Log log) {
        super(runners, shop.guests(), shop.settings().mostMemoryBytes(), log);
        this.shop = shop;
        log.info().with("program", shop.settings().program()).log("machines are slots");
    }

    private static Path folder(SlotSettings settings) {
        if (!ROOT.equals(System.getProperty("user.name"))) {
            throw unavailable("only root can make slots", "start the agent as root");
        }
        if (!settings.places().limits()) {
            throw unavailable(
                    "no control groups can be made that limit memory and processes: "
                            + settings.places().why(),
                    "see the cgroup lines of: mayfly doctor");
        }
        if (!Files.exists(LOOPS)) {
            throw unavailable(LOOPS + " is not there, and a slot's disk is a file", "modprobe loop");
        }
        try {
            Files.createDirectories(settings.runners());
            return settings.runners().toRealPath();
        } catch (IOException e) {
            throw unavailable(because(e), "name a folder for runners that can be written");
        }
    }

    @Override
    public Optional<TemplateName> template() {
        return Optional.of(called(shop.settings().template()));
    }

    @Override
    protected SlotMachine open(Bundle bundle) {
        return new SlotMachine(shop, bundle);
    }

    @Override
    public void make(Plan plan) {
        Attempt attempt = plan.attempt();
        requireShortName(attempt);
        SlotMachine machine = machine(attempt);
        Shape shape = shape(plan.type());
        work(attempt, () -> {
            room().promise(machine, shape);
            try {
                machine.make(shape, plan.name().value(), plan.identity());
            } finally {
                room().settle(machine);
            }
            log().info()
                    .with("attempt", attempt)
                    .with("start_millis", machine.times().total().toMillis())
                    .log("slot started");
            return machine;
        });
    }

    @Override
    public List<String> sweep() {
        List<String> swept = new ArrayList<>(endWithoutBundle(Processes.withoutBundle(runners(), SlotMachine.MARK)));
        try {
            for (Map.Entry<Integer, Path> each : shop.claims().all().entrySet()) {
                if (!Files.isDirectory(each.getValue())) {
                    shop.group(each.getKey()).remove();
                    shop.claims().release(each.getKey());
                    swept.add("number " + each.getKey() + " of a slot that is not there");
                }
            }
        } catch (IOException e) {
            log().warn().cause(e).log("something is left of slots that are not there");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return swept;
    }
}
