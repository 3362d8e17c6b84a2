package dev.mayfly.mesh.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import dev.mayfly.mesh.topology.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LikelihoodLocalizerTest {
    private final Fabric fabric = new Fabric(Shape.twoTiers(4, 4, 8), 11);
    private final LikelihoodLocalizer localizer = new LikelihoodLocalizer(fabric);
    private final Random random = new Random(5);

    private void probes(int count, Function<Observation, Verdict> verdicts) {
        Observation observation = new Observation();
        for (int i = 0; i < count; i++) {
            int from = random.nextInt(fabric.cards());
            int to = (from + 1 + random.nextInt(fabric.cards() - 1)) % fabric.cards();
            observation.set(fabric, from, to, 0xC000 + random.nextInt(64));
            observation.verdict(verdicts.apply(observation));
            localizer.observe(observation);
        }
    }

    private static boolean crosses(Observation observation, int component) {
        return java.util.Arrays.stream(observation.path()).anyMatch(each -> each == component);
    }

    @Test
    void probes_needed_are_those_of_the_bound() {
        // As many lost in a row, or as many probes at that share, as it takes to reach 28.6.
        assertThat(Likelihood.score(3, 3)).isGreaterThan(28.6);
        assertThat(Likelihood.score(2, 2)).isLessThan(28.6);
        assertThat(Likelihood.score(3, 6)).isGreaterThan(28.5);
        assertThat(Likelihood.score(5, 484)).isCloseTo(29.6, within(0.5));
        assertThat(Likelihood.score(0, 1000)).isZero();
        assertThat(Likelihood.score(1, 1_000_000)).isZero();
        assertThat(Likelihood.probesNeeded(1)).isEqualTo(3);
        assertThat(Likelihood.probesNeeded(0.5)).isEqualTo(6);
        assertThat(Likelihood.probesNeeded(0.1)).isEqualTo(35);
        assertThat(Likelihood.probesNeeded(0.01)).isBetween(484.0, 485.0);
    }

    @Test
    void a_sound_fabric_has_no_findings() {
        probes(20_000, observation -> random.nextInt(100_000) == 0 ? Verdict.LOST : Verdict.OK);
        assertThat(localizer.judge(HostEvidence.NONE)).isEmpty();
    }

    @Test
    void a_one_way_link_two_cables_of_a_switch_and_a_card_are_all_found_at_once() {
        int oneWay = fabric.link(1);
        int cableA = fabric.cableOf(fabric.link(10));
        int cableB = fabric.cableOf(fabric.link(12));
        int card = 30;
        probes(8_000, observation -> {
            boolean lost = crosses(observation, oneWay)
                    || crosses(observation, cableA) && random.nextInt(3) == 0
                    || crosses(observation, cableB)
                    || crosses(observation, card) && random.nextInt(5) == 0;
            return lost ? Verdict.LOST : Verdict.OK;
        });
        List<Finding> findings = localizer.judge(HostEvidence.NONE);
        assertThat(findings).extracting(Finding::component).containsExactlyInAnyOrder(oneWay, cableA, cableB, card);
        assertThat(findings).extracting(Finding::blamed).containsOnly(Finding.Blamed.NETWORK);
        assertThat(findings)
                .allSatisfy(finding -> assertThat(finding.candidates()).contains(finding.component()));
    }

    @Test
    void a_switch_at_fault_is_one_finding_and_not_all_its_cables() {
        int spine = fabric.switchNumber(5);
        probes(
                8_000,
                observation -> crosses(observation, spine) && random.nextInt(10) == 0 ? Verdict.LOST : Verdict.OK);
        assertThat(localizer.judge(HostEvidence.NONE))
                .extracting(Finding::component)
                .containsExactly(spine);
    }

    @Test
    void a_dead_leaf_does_not_make_its_cables_look_sound_to_a_spine_that_loses_some() {
        int leaf = fabric.switchNumber(1);
        int spine = fabric.switchNumber(5);
        probes(8_000, observation -> {
            boolean lost = crosses(observation, leaf) || crosses(observation, spine) && random.nextInt(10) == 0;
            return lost ? Verdict.LOST : Verdict.OK;
        });
        assertThat(localizer.judge(HostEvidence.NONE))
                .extracting(Finding::component)
                .containsExactlyInAnyOrder(leaf, spine);
    }

    @Test
    void a_busy_host_is_told_and_the_network_is_not_blamed_for_it() {
        probes(20_000, observation -> {
            if (!crosses(observation, 9) || random.nextInt(5) != 0) {
                return Verdict.OK;
            }
            return random.nextInt(20) == 0 ? Verdict.LOST : Verdict.LATE;
        });
        List<Finding> findings = localizer.judge(HostEvidence.NONE);
        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().component()).isEqualTo(9);
        assertThat(findings.getFirst().blamed()).isEqualTo(Finding.Blamed.HOST);
    }

    /** Gives these verdicts in turn to probes that cross these cards, to every eighth of a card. */
    private static List<Finding> inTurn(Fabric fabric, List<Integer> cards, List<Verdict> verdicts) {
        LikelihoodLocalizer localizer = new LikelihoodLocalizer(fabric);
        Random random = new Random(3);
        Observation observation = new Observation();
        int[] crossing = new int[cards.size()];
        int given = 0;
        for (int i = 0; i < 4_000 || given < verdicts.size(); i++) {
            int from = random.nextInt(fabric.cards());
            int to = (from + 1 + random.nextInt(fabric.cards() - 1)) % fabric.cards();
            observation.set(fabric, from, to, 0xC000 + random.nextInt(64));
            observation.verdict(Verdict.OK);
            int which = given % cards.size();
            if (crosses(observation, cards.get(which)) && ++crossing[which] % 8 == 0 && given < verdicts.size()) {
                observation.verdict(verdicts.get(given++));
            }
            localizer.observe(observation);
        }
        return localizer.judge(HostEvidence.NONE);
    }

    private static List<Verdict> verdicts(int lost, int late) {
        List<Verdict> all = new ArrayList<>(Collections.nCopies(lost, Verdict.LOST));
        all.addAll(Collections.nCopies(late, Verdict.LATE));
        return all;
    }

    @Test
    void a_few_losses_are_a_busy_hosts_also_when_by_chance_they_are_as_many_as_its_late_probes() {
        assertThat(inTurn(fabric, List.of(9), verdicts(6, 0)))
                .extracting(Finding::blamed)
                .containsExactly(Finding.Blamed.NETWORK);
        assertThat(inTurn(fabric, List.of(9), verdicts(6, 6)))
                .extracting(Finding::blamed)
                .containsExactly(Finding.Blamed.HOST);
    }

    @Test
    void a_card_that_loses_far_more_than_busy_hosts_do_is_blamed_although_its_host_is_busy() {
        List<Finding> findings = inTurn(fabric, List.of(9), verdicts(60, 10));
        assertThat(findings).hasSize(1);
        assertThat(findings.getFirst().component()).isEqualTo(9);
        assertThat(findings.getFirst().blamed()).isEqualTo(Finding.Blamed.NETWORK);
    }

    @Test
    void what_a_host_is_late_with_at_one_card_excuses_what_it_loses_at_another() {
        Fabric rails = new Fabric(new Shape(1, 8, 4, 0, 8, 4), 11);
        int card = 20;
        assertThat(inTurn(rails, List.of(card), verdicts(5, 0)))
                .extracting(Finding::blamed)
                .containsExactly(Finding.Blamed.NETWORK);
        List<Verdict> allCards = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            allCards.addAll(List.of(Verdict.LOST, Verdict.LATE, Verdict.LATE, Verdict.LATE));
        }
        assertThat(inTurn(rails, List.of(card, card + 1, card + 2, card + 3), allCards))
                .allSatisfy(finding -> assertThat(finding.blamed()).isEqualTo(Finding.Blamed.HOST));
    }

    @Test
    void several_busy_hosts_below_one_leaf_do_not_make_it_guilty() {
        List<Integer> busy =
                List.of(fabric.cardOf(2, 0), fabric.cardOf(2, 3), fabric.cardOf(2, 5), fabric.cardOf(2, 6));
        probes(12_000, observation -> {
            boolean hit = busy.stream().anyMatch(card -> crosses(observation, card)) && random.nextInt(8) == 0;
            return !hit ? Verdict.OK : random.nextInt(25) == 0 ? Verdict.LOST : Verdict.LATE;
        });
        assertThat(localizer.judge(HostEvidence.NONE))
                .allSatisfy(finding -> assertThat(finding.blamed()).isEqualTo(Finding.Blamed.HOST));
    }

    @Test
    void a_host_that_is_down_and_a_queue_pair_that_changed_explain_their_losses() {
        probes(4_000, observation -> crosses(observation, 9) || crosses(observation, 17) ? Verdict.LOST : Verdict.OK);
        assertThat(localizer.judge(new HostEvidence(Set.of(9), Set.of(17)))).isEmpty();
        assertThat(localizer.judge(HostEvidence.NONE))
                .extracting(Finding::component)
                .containsExactlyInAnyOrder(9, 17);
    }

    @Test
    void what_was_late_only_is_no_loss() {
        probes(4_000, observation -> Verdict.LATE);
        probes(4_000, observation -> Verdict.ACK1_ONLY);
        probes(4_000, observation -> Verdict.INVALID);
        probes(4_000, observation -> Verdict.SEND_ERROR);
        assertThat(localizer.judge(HostEvidence.NONE)).isEmpty();
    }

    @Test
    void what_one_window_is_too_short_for_is_found_over_several_and_told_until_it_is_repaired() {
        LikelihoodLocalizer patient = new LikelihoodLocalizer(fabric, 5);
        int cable = fabric.cableOf(fabric.link(10));
        int crossing = 0;
        boolean found = false;
        for (int window = 0; window < 6; window++) {
            LikelihoodLocalizer one = new LikelihoodLocalizer(fabric);
            for (int i = 0; i < 2_000; i++) {
                Observation observation = probe();
                boolean lost = crosses(observation, cable) && crossing++ % 100 == 50;
                observation.verdict(lost ? Verdict.LOST : Verdict.OK);
                patient.observe(observation);
                one.observe(observation);
            }
            assertThat(one.judge(HostEvidence.NONE))
                    .as("window %d alone", window)
                    .isEmpty();
            found |= patient.judge(HostEvidence.NONE).stream().anyMatch(finding -> finding.component() == cable);
            patient.endWindow(HostEvidence.NONE);
        }
        assertThat(found).isTrue();
        int windows = 0;
        while (!patient.judge(HostEvidence.NONE).isEmpty()) {
            for (int i = 0; i < 4_000; i++) {
                patient.observe(probe());
            }
            patient.endWindow(HostEvidence.NONE);
            windows++;
        }
        assertThat(windows).isBetween(1, 6);
    }

    @Test
    void a_dead_link_that_is_repaired_is_told_no_longer_than_two_windows() {
        LikelihoodLocalizer patient = new LikelihoodLocalizer(fabric, 5);
        int link = fabric.link(1);
        for (int window = 0; window < 5; window++) {
            boolean dead = window < 3;
            for (int i = 0; i < 2_000; i++) {
                Observation observation = probe();
                observation.verdict(dead && crosses(observation, link) ? Verdict.LOST : Verdict.OK);
                patient.observe(observation);
            }
            assertThat(patient.judge(HostEvidence.NONE)).as("window %d", window).hasSize(window < 4 ? 1 : 0);
            patient.endWindow(HostEvidence.NONE);
        }
    }

    @Test
    void what_hosts_said_of_a_window_explains_it_later_too_and_no_other() {
        LikelihoodLocalizer patient = new LikelihoodLocalizer(fabric, 5);
        HostEvidence restarted = new HostEvidence(Set.of(), Set.of(9));
        for (int window = 0; window < 3; window++) {
            for (int i = 0; i < 2_000; i++) {
                Observation observation = probe();
                boolean lost = window == 0 && crosses(observation, 9);
                observation.verdict(lost ? Verdict.LOST : Verdict.OK);
                patient.observe(observation);
            }
            assertThat(patient.judge(window == 0 ? restarted : HostEvidence.NONE))
                    .isEmpty();
            patient.endWindow(window == 0 ? restarted : HostEvidence.NONE);
        }
    }

    @Test
    void several_that_observe_are_as_one() {
        LikelihoodLocalizer sum = new LikelihoodLocalizer(fabric);
        LikelihoodLocalizer other = new LikelihoodLocalizer(fabric);
        for (int i = 0; i < 4_000; i++) {
            Observation observation = probe();
            observation.verdict(crosses(observation, 9) && i % 3 == 0 ? Verdict.LOST : Verdict.OK);
            (i % 2 == 0 ? sum : other).observe(observation);
            localizer.observe(observation);
        }
        sum.add(other);
        assertThat(sum.judge(HostEvidence.NONE)).isNotEmpty().isEqualTo(localizer.judge(HostEvidence.NONE));
    }

    private Observation probe() {
        Observation observation = new Observation();
        int from = random.nextInt(fabric.cards());
        int to = (from + 1 + random.nextInt(fabric.cards() - 1)) % fabric.cards();
        observation.set(fabric, from, to, 0xC000 + random.nextInt(64));
        observation.verdict(Verdict.OK);
        return observation;
    }
}
