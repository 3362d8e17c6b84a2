package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.StartTimes;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Machines under QEMU on Linux. */
public final class QemuBackend extends GuestBackend<QemuMachine> {
    private final QemuSettings settings;
    private final Workshop shop;
    private final Standing standing;

    /** @throws MayflyException {@code MACHINES_UNAVAILABLE} when this host cannot run such machines */
    public QemuBackend(QemuSettings settings, Ticker ticker, Log parentLog) {
        this(folder(settings), workshop(settings, ticker, parentLog.named("qemu")));
    }

    private QemuBackend(Path runners, Workshop shop) {
        super(runners, shop.guests(), shop.settings().mostMemoryBytes(), shop.log());
        this.settings = shop.settings();
        this.shop = shop;
        this.standing = new Standing(shop, runners, room());
    }

    private static Path folder(QemuSettings settings) {
        if (!Files.isExecutable(settings.program())) {
            throw unavailable(settings.program() + " cannot be run", "apt-get install qemu-system-x86");
        }
        try {
            Files.createDirectories(settings.runners());
            return settings.runners().toRealPath();
        } catch (IOException e) {
            throw unavailable(because(e), "name a folder for runners that can be written");
        }
    }

    private static Workshop workshop(QemuSettings settings, Ticker ticker, Log log) {
        Accelerator accelerator = Accelerator.here(Path.of("/"));
        try {
            String version = QemuVersion.of(settings.program());
            Workshop shop = new Workshop(
                    settings,
                    accelerator,
                    new TemplateGuard(settings.template()),
                    new WarmStates(settings, accelerator, version, settings.warm(), log),
                    new Hypervisor(ticker),
                    Guests.of(settings.template().sshUser(), ticker),
                    log);
            log.info()
                    .with("accelerator", accelerator.word())
                    .with("version", version)
                    .log("machines are made with QEMU");
            return shop;
        } catch (IOException e) {
            throw unavailable(because(e), "name a QEMU that runs, and a folder for saved machines that can be written");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("the agent is stopping", "try again");
        }
    }

    @Override
    public Optional<TemplateName> template() {
        return Optional.of(called(shop.settings().template()));
    }

    @Override
    protected QemuMachine open(Bundle bundle) {
        return new QemuMachine(shop, bundle);
    }

    // --- making ----------------------------------------------------------------------------------------------------

    @Override
    public void make(Plan plan) {
        Attempt attempt = plan.attempt();
        requireShortName(attempt);
        QemuMachine machine = machine(attempt);
        Shape shape = shape(plan.type());
        work(attempt, () -> {
            room().promise(machine, shape);
            try {
                machine.make(attempt.toString(), shape, plan.name().value(), plan.identity());
            } finally {
                room().settle(machine);
            }
            StartTimes times = machine.times();
            log().info()
                    .with("attempt", attempt)
                    .with("way", times.way().name())
                    .with("why", times.why())
                    .with("clone_micros", times.cloned().toNanos() / 1_000)
                    .with("start_millis", times.started().toMillis())
                    .log("machine started");
            return machine;
        });
    }

    // --- warm ------------------------------------------------------------------------------------------------------

    /** Whether machines of this size are restored and not booted. */
    public boolean isWarm(ResourceType type) {
        return shop.warm().find(shape(type)).isPresent();
    }

    /** Saves a machine of this size, from which others are restored. */
    @Override
    public void warm(ResourceType type, Duration patience) throws InterruptedException {
        Shape shape = shape(type);
        if (isWarm(type)) {
            return;
        }
        try {
            shop.warm().add(shape, (bundle, place) -> new QemuMachine(shop, bundle).save(shape, place, patience));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.MACHINE_FAILED,
                    "no machine of size " + type.word() + " could be saved",
                    because(e),
                    "machines are booted meanwhile; look at the template with: mayfly fleet template verify",
                    e);
        }
    }

    @Override
    public List<String> sweep() {
        List<String> swept = new ArrayList<>(shop.warm()
                .sweep(Arrays.stream(ResourceType.values()).map(this::shape).toList()));
        swept.addAll(standing.sweep());
        for (Path folder : List.of(runners(), settings.warm().toAbsolutePath().normalize())) {
            swept.addAll(endWithoutBundle(Processes.withoutBundle(folder, QemuFiles.CONTROL_OPTION)));
        }
        return swept;
    }

    @Override
    public Map<ResourceType, Integer> standing() {
        return standing.count();
    }

    @Override
    public void prepare(ResourceType type, Duration patience) throws InterruptedException {
        try {
            standing.add(type, shape(type), patience);
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.MACHINE_FAILED, "no machine could be made to stand ready", because(e), "look at the log");
        }
    }

    @Override
    public Optional<Address> take(Plan plan) {
        requireShortName(plan.attempt());
        Bundle place = Bundle.of(runners(), plan.attempt());
        if (place.exists()) {
            throw failed(plan.attempt(), "there is a machine of it already", "destroy it first");
        }
        while (true) {
            Optional<QemuMachine> ready = standing.next(plan.type());
            if (ready.isEmpty()) {
                return Optional.empty();
            }
            try {
                ready.get().rename(place, plan.name().value(), plan.identity());
                put(plan.attempt(), ready.get());
                return Optional.of(ready.get().address());
            } catch (IOException e) {
                log().warn()
                        .with("attempt", plan.attempt())
                        .cause(e)
                        .log("a machine that stood ready did not become it");
                work(plan.attempt(), () -> {
                    ready.get().destroy();
                    return ready;
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw failed(plan.attempt(), "the agent is stopping", "destroy it");
            }
        }
    }

    @Override
    public void dismiss() {
        standing.dismiss();
    }
}
