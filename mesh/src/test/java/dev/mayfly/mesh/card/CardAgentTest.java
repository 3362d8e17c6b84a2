package dev.mayfly.mesh.card;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.agent.Agent;
import dev.mayfly.mesh.agent.AgentSettings;
import dev.mayfly.mesh.agent.CardSockets;
import dev.mayfly.mesh.agent.ControllerLink;
import dev.mayfly.mesh.agent.Load;
import dev.mayfly.mesh.agent.Sockets;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.soft.PathSocket;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.linux.Machine;
import dev.mayfly.testkit.Needs;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class CardAgentTest {
    private static final int QUEUE_FATAL = 1;
    private static final int SECONDS = 60;

    private final BlockingQueue<Registration> registrations = new LinkedBlockingQueue<>();

    /** A controller that listens. */
    private final class Listening implements ControllerLink {
        @Override
        public Pace register(Registration registration) {
            registrations.add(registration);
            return Pace.USUAL;
        }

        @Override
        public boolean report(AgentReport report) {
            return true;
        }

        @Override
        public Runnable watchPinglists(String agent, Consumer<Pinglist> lists, Runnable ended) {
            return () -> {};
        }

        @Override
        public void close() {}
    }

    /** Learns no paths, and has no sockets to send with. */
    private static final class NoSockets implements Sockets {
        @Override
        public Transport transport(IpAddress address, List<Integer> sourcePorts) {
            throw new AssertionError("probes go through cards");
        }

        @Override
        public Optional<PathSocket> paths(IpAddress address) {
            return Optional.empty();
        }
    }

    private Card registered() throws InterruptedException {
        Registration next = registrations.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(next).isNotNull();
        return next.cards().getFirst();
    }

    @Test
    void an_agent_tells_its_controller_the_queue_pair_of_its_card_and_each_new_one() throws InterruptedException {
        Needs.linux();
        Needs.that(Machine.current() == Machine.X86_64, "verbs", "its structures are known for x86-64 only");
        try (FakeVerbs verbs = new FakeVerbs()) {
            IpAddress address = IpAddress.parse("10.0.0.1");
            FakeCard card = verbs.add("fake_0").with(address);
            card.nextPair = 500;
            assertThat(VerbsCards.routed(verbs.library())).containsExactly(new VerbsCards.Card("fake_0", address));
            AgentSettings settings = new AgentSettings(
                    "agent",
                    "host",
                    List.of(new AgentSettings.Outlet(address, "fake_0", "tor", 4)),
                    AgentSettings.Budget.USUAL,
                    AgentSettings.Protection.USUAL);
            Agent.Parts parts = new Agent.Parts(
                    new CardSockets(verbs.library(), CardOptions.USUAL, new NoSockets(), Ticker.system()),
                    Listening::new,
                    Load.unknown(),
                    Ticker.system(),
                    RandomGenerator.getDefault(),
                    Log.off());
            try (Agent agent = Agent.start(settings, parts)) {
                assertThat(registered().queuePair()).isEqualTo(500);
                card.event(QUEUE_FATAL);
                Card anew = registered();
                assertThat(anew.queuePair()).isEqualTo(501);
                assertThat(anew.address()).isEqualTo(address);
                assertThat(agent.registration().cards().getFirst()).isEqualTo(anew);
            }
            assertThat(verbs.complaints).isEmpty();
            assertThat(verbs.leaks()).isEmpty();
        }
    }
}
