package dev.mayfly.app.fleet;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.github.Runners;
import dev.mayfly.fleet.remote.FleetClient;
import java.time.Duration;
import java.util.Set;

/** A fleet's server, for jobs of GitHub. */
final class FleetRunners implements Runners {
    private static final Duration ADD = Duration.ofMinutes(5);
    private static final Duration REMOVE = Duration.ofMinutes(2);

    private final FleetClient client;

    FleetRunners(FleetClient client) {
        this.client = client;
    }

    @Override
    public void add(String name, String script, ResourceType type, Set<Label> labels) throws InterruptedException {
        client.add(name, script, type.word(), labels.stream().map(Label::value).toList(), ADD, _ -> {});
    }

    @Override
    public void remove(String name) throws InterruptedException {
        try {
            client.remove(name, REMOVE);
        } catch (MayflyException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
    }

    /** Its script has started, or has leave to. */
    @Override
    public boolean works(String name) throws InterruptedException {
        return client.runners(false).stream()
                .filter(each -> RunnerOperations.text(each, "runner_name").equals(name))
                .anyMatch(each -> RunnerOperations.text(each, "state").equals("running"));
    }
}
