package dev.mayfly.fleet.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static final Demand SMALL = new Demand(ResourceType.SMALL, Set.of());

    private static Host host(String id, int runners, int most) {
        return new Host(
                new AgentId(id),
                Health.ONLINE,
                false,
                Offer.of(most, 4, 64L << 30),
                runners,
                runners * ResourceType.SMALL.memoryBytes());
    }

    private static AgentId chosen(Placement placement) {
        return ((Placement.Chosen) placement).host();
    }

    @Test
    void runners_are_spread_over_the_least_full_hosts() {
        assertThat(chosen(Scheduler.place(SMALL, List.of(host("a", 1, 2), host("b", 3, 8), host("c", 2, 4)))))
                .isEqualTo(new AgentId("b"));
    }

    @Test
    void a_warm_machine_comes_before_an_empty_host() {
        Host empty = host("a", 0, 8);
        Host warm = new Host(
                new AgentId("b"),
                Health.ONLINE,
                false,
                new Offer(8, 4, 64L << 30, Set.of(), Set.of(), Map.of(ResourceType.SMALL, 1)),
                7,
                0);
        assertThat(Scheduler.place(SMALL, List.of(empty, warm)))
                .isEqualTo(new Placement.Chosen(new AgentId("b"), true));
        assertThat(Scheduler.place(new Demand(ResourceType.NANO, Set.of()), List.of(empty, warm)))
                .isEqualTo(new Placement.Chosen(new AgentId("a"), false));
    }

    @Test
    void it_says_how_many_hosts_refuse_for_which_reason() {
        Placement placement = Scheduler.place(SMALL, List.of(host("a", 2, 2), host("b", 1, 1), silent("c")));
        assertThat(placement).isEqualTo(new Placement.Nowhere(Map.of(Refusal.FULL, 2, Refusal.SILENT, 1)));
        assertThat(((Placement.Nowhere) placement).why())
                .isEqualTo("1 host is not heard from; 2 hosts: each holds as many runners as it may");
        assertThat(((Placement.Nowhere) Scheduler.place(SMALL, List.of())).why())
                .isEqualTo("there is no host");
    }

    private static Host silent(String id) {
        return new Host(new AgentId(id), Health.SUSPECT, false, Offer.of(2, 4, 0), 0, 0);
    }

    @Test
    void a_host_that_does_not_say_its_memory_is_not_limited_by_it() {
        Host host = new Host(new AgentId("a"), Health.ONLINE, false, Offer.of(2, 0, 0), 1, 1L << 40);
        assertThat(Scheduler.refusal(SMALL, host)).isEmpty();
    }

    @Property
    void a_choice_fits_and_no_host_that_fits_is_better(
            @ForAll("fleets") List<Host> fleet, @ForAll("demands") Demand demand) {
        Optional<Host> choice = choice(fleet, demand);
        List<Host> fitting = fleet.stream().filter(host -> fits(host, demand)).toList();
        assertThat(choice.isPresent()).isEqualTo(!fitting.isEmpty());
        choice.ifPresent(host -> {
            assertThat(fitting).contains(host);
            boolean warm = host.offer().warm(demand.type()) > 0;
            for (Host other : fitting) {
                boolean otherWarm = other.offer().warm(demand.type()) > 0;
                assertThat(otherWarm && !warm).isFalse();
                if (otherWarm == warm) {
                    assertThat(fullness(host)).isLessThanOrEqualTo(fullness(other));
                }
            }
        });
    }

    /** Said once more in other words, so that an error in one does not hide in the other. */
    private static boolean fits(Host host, Demand demand) {
        Offer offer = host.offer();
        long memory = demand.type().memoryBytes();
        return host.health() == Health.ONLINE
                && !host.draining()
                && demand.labels().stream().allMatch(offer.labels()::contains)
                && (offer.types().isEmpty() || offer.types().contains(demand.type()))
                && (offer.cpus() == 0 || demand.type().cpus() <= offer.cpus())
                && host.runners() + 1 <= offer.maxRunners()
                && (offer.memoryBytes() == 0 || host.memoryTaken() + memory <= offer.memoryBytes());
    }

    private static double fullness(Host host) {
        return host.runners() / (double) host.offer().maxRunners();
    }

    @Property
    void the_order_in_which_hosts_are_told_does_not_matter(
            @ForAll("fleets") List<Host> fleet, @ForAll("demands") Demand demand, @ForAll long seed) {
        List<Host> shuffled = new ArrayList<>(fleet);
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(Scheduler.place(demand, shuffled)).isEqualTo(Scheduler.place(demand, fleet));
    }

    @Property
    void placing_until_nothing_fits_never_promises_more_than_there_is(
            @ForAll("fleets") List<Host> fleet, @ForAll("demands") Demand demand) {
        List<Host> hosts = new ArrayList<>(fleet);
        int placed = 0;
        for (Optional<Host> host = choice(hosts, demand); host.isPresent(); host = choice(hosts, demand)) {
            Host before = host.get();
            hosts.set(hosts.indexOf(before), fuller(before, demand));
            placed++;
            assertThat(placed).isLessThan(1000);
        }
        for (Host host : hosts) {
            boolean wasOver = fleet.stream()
                    .anyMatch(before -> before.id().equals(host.id()) && before.runners() == host.runners());
            assertThat(wasOver || host.runners() <= host.offer().maxRunners()).isTrue();
            assertThat(wasOver
                            || host.offer().memoryBytes() == 0
                            || host.memoryTaken() <= host.offer().memoryBytes())
                    .isTrue();
        }
    }

    @Property
    void an_index_that_is_kept_up_to_date_says_the_same_as_a_look_at_every_host(
            @ForAll("fleets") List<Host> fleet, @ForAll("manyDemands") List<Demand> demands, @ForAll long seed) {
        Random random = new Random(seed);
        List<Host> hosts = new ArrayList<>(fleet);
        HostIndex index = new HostIndex();
        hosts.forEach(index::put);
        for (Demand demand : demands) {
            Set<AgentId> avoided = random.nextInt(4) > 0 || hosts.isEmpty()
                    ? Set.of()
                    : Set.of(hosts.get(random.nextInt(hosts.size())).id());
            List<Host> left =
                    hosts.stream().filter(host -> !avoided.contains(host.id())).toList();
            assertThat(index.place(demand, avoided)).isEqualTo(Scheduler.place(demand, left));
            if (!hosts.isEmpty()) {
                int which = random.nextInt(hosts.size());
                if (random.nextInt(8) == 0) {
                    index.remove(hosts.remove(which).id());
                } else {
                    Host changed = fuller(hosts.get(which), demand);
                    hosts.set(which, changed);
                    assertThat(index.put(changed)).isTrue();
                    assertThat(index.put(changed)).isFalse();
                }
            }
        }
    }

    private static Host fuller(Host host, Demand demand) {
        return new Host(
                host.id(),
                host.health(),
                host.draining(),
                host.offer(),
                host.runners() + 1,
                host.memoryTaken() + demand.type().memoryBytes());
    }

    private static Optional<Host> choice(List<Host> fleet, Demand demand) {
        return switch (Scheduler.place(demand, fleet)) {
            case Placement.Chosen chosen ->
                fleet.stream().filter(host -> host.id().equals(chosen.host())).findFirst();
            case Placement.Nowhere nowhere -> {
                assertThat(nowhere.hosts().values().stream()
                                .mapToInt(count -> count)
                                .sum())
                        .isEqualTo(fleet.size());
                yield Optional.empty();
            }
        };
    }

    @Provide
    Arbitrary<Demand> demands() {
        return Combinators.combine(Arbitraries.of(ResourceType.values()), labels())
                .as(Demand::new);
    }

    @Provide
    Arbitrary<List<Demand>> manyDemands() {
        return demands().list().ofMaxSize(30);
    }

    private static Arbitrary<Set<Label>> labels() {
        return Arbitraries.of("linux", "gpu").map(Label::new).set().ofMaxSize(2);
    }

    @Provide
    Arbitrary<List<Host>> fleets() {
        Arbitrary<Offer> offers = Combinators.combine(
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.of(0, 1, 4, 64),
                        Arbitraries.of(0L, 1L << 30, 64L << 30),
                        labels(),
                        Arbitraries.of(ResourceType.values()).set().ofMaxSize(3),
                        Arbitraries.maps(
                                        Arbitraries.of(ResourceType.values()),
                                        Arbitraries.integers().between(0, 2))
                                .ofMaxSize(3))
                .as(Offer::new);
        Arbitrary<Host> hosts = Combinators.combine(
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(5, Arbitraries.just(Health.ONLINE)),
                                net.jqwik.api.Tuple.of(1, Arbitraries.of(Health.values()))),
                        Arbitraries.integers().between(0, 5).map(n -> n == 0),
                        offers,
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.longs().between(0, 40L << 30))
                .as((health, draining, offer, runners, memory) ->
                        new Host(new AgentId("x"), health, draining, offer, runners, memory));
        return hosts.list().ofMaxSize(8).map(SchedulerTest::named);
    }

    private static List<Host> named(List<Host> hosts) {
        List<Host> named = new ArrayList<>();
        for (Host host : hosts) {
            named.add(new Host(
                    new AgentId("host-" + named.size()),
                    host.health(),
                    host.draining(),
                    host.offer(),
                    host.runners(),
                    host.memoryTaken()));
        }
        return named;
    }
}
