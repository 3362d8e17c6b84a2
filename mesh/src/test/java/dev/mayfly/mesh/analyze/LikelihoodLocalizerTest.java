package dev.mayfly.mesh.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.topology.Fabric;
import dev.mayfly.mesh.topology.Shape;
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
        assertThat(LikelihoodLocalizer.score(3, 3)).isGreaterThan(28.6);
        assertThat(LikelihoodLocalizer.score(2, 2)).isLessThan(28.6);
        assertThat(LikelihoodLocalizer.score(3, 6)).isGreaterThan(28.5);
        assertThat(LikelihoodLocalizer.score(5, 484)).isCloseTo(29.6, within(0.5));
        assertThat(LikelihoodLocalizer.score(0, 1000)).isZero();
        assertThat(LikelihoodLocalizer.score(1, 1_000_000)).isZero();
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
}
