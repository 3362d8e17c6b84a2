package dev.mayfly.mesh.agent;

import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.Registration;
import java.util.function.Consumer;

/**
 * The way to a controller. Calls block, and fail with a {@code MayflyException} ({@code SERVICE_UNREACHABLE} when it does not
 * answer, {@code CONFLICT} when it will not have this agent).
 */
public interface ControllerLink extends AutoCloseable {
    Pace register(Registration registration);

    /** @return false when the agent has to register again */
    boolean report(AgentReport report);

    /**
     * Hands on each list at once and again when it changes, on a thread of the link.
     *
     * @param ended when no more will come
     * @return ends it
     */
    Runnable watchPinglists(String agent, Consumer<Pinglist> lists, Runnable ended);

    @Override
    void close();
}
