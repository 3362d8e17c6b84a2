package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.analyze.BouncerLocalizer;
import dev.mayfly.mesh.analyze.DemocraticLocalizer;
import dev.mayfly.mesh.analyze.Finding;
import dev.mayfly.mesh.analyze.HostEvidence;
import dev.mayfly.mesh.analyze.Likelihood;
import dev.mayfly.mesh.analyze.LikelihoodLocalizer;
import dev.mayfly.mesh.analyze.Localizer;
import dev.mayfly.mesh.analyze.VotingLocalizer;
import dev.mayfly.mesh.topology.Fabric;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Plays one seed. Each probe is shown to all localizers. The published rules look when a window is over and then forget, as
 * they do; ours carries on. All that any of them blames in any window counts.
 */
public final class SeedPlay {
    private static final int MOST_FURTHER = 3;

    private final Plan plan;
    private final Fabric fabric;
    private final List<Fault> faults;
    private final Scenario scenario;

    /** Is shown how it goes. */
    public interface Watcher {
        void begins(Fabric fabric, List<Fault> faults);

        /** What ours says at the end of a second. */
        void second(int second, List<Finding> findings, HostEvidence hosts);
    }

    private SeedPlay(Plan plan, long seed) {
        this.plan = plan;
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        fabric = new Fabric(plan.shape(), random.nextLong());
        faults = faults(plan, fabric, seed, random);
        Nuisances nuisances = new Nuisances(fabric, random, plan.seconds() * 1000L);
        scenario = new Scenario(fabric, faults, nuisances, Scenario.Rates.of(fabric), random);
    }

    public static SeedResult play(Plan plan, long seed) {
        return new SeedPlay(plan, seed).all(Optional.empty());
    }

    public static SeedResult play(Plan plan, long seed, Watcher watcher) {
        SeedPlay play = new SeedPlay(plan, seed);
        watcher.begins(play.fabric, play.faults);
        return play.all(Optional.of(watcher));
    }

    private SeedResult all(Optional<Watcher> watcher) {
        SeedResult result = new SeedResult(faults);
        LikelihoodLocalizer ours = new LikelihoodLocalizer(fabric, plan.carried());
        List<Localizer> everybody = everybody(ours);
        for (int second = 1; second <= plan.seconds(); second++) {
            scenario.second(second - 1, everybody);
            HostEvidence hosts = scenario.evidence((second - 1) / plan.windowSeconds() * plan.windowSeconds(), second);
            boolean windowOver = second % plan.windowSeconds() == 0 || second == plan.seconds();
            if (windowOver || watcher.isPresent() || faults.stream().anyMatch(fault -> !result.isFound(fault))) {
                List<Finding> findings = ours.judge(hosts);
                if (windowOver) {
                    result.tell(ours.name(), findings);
                } else {
                    result.tellMeanwhile(findings);
                }
                int now = second;
                watcher.ifPresent(each -> each.second(now, findings, hosts));
                note(result, findings, second);
            }
            if (windowOver) {
                for (Localizer other : everybody.subList(1, everybody.size())) {
                    result.tell(other.name(), other.judge(hosts));
                }
                ours.endWindow(hosts);
                everybody = everybody(ours);
            }
        }
        for (Fault fault : faults) {
            double perSecond = (double) scenario.crossings(fault) / plan.seconds();
            result.needs(fault, Likelihood.probesNeeded(fault.loss() / fault.flows()) / perSecond);
        }
        return result;
    }

    private List<Localizer> everybody(LikelihoodLocalizer ours) {
        return plan.comparing()
                ? List.of(
                        ours,
                        new VotingLocalizer(fabric),
                        new DemocraticLocalizer(fabric),
                        new BouncerLocalizer(fabric))
                : List.of(ours);
    }

    private void note(SeedResult result, List<Finding> findings, int second) {
        List<Integer> named = SeedResult.network(findings);
        for (Fault fault : faults) {
            if (named.stream().anyMatch(fault.truth()::contains)) {
                result.foundAfter(fault, second);
            }
        }
    }

    private static List<Fault> faults(Plan plan, Fabric fabric, long seed, Random random) {
        List<FaultKind> kinds = plan.kinds();
        int which = (int) Math.floorMod(seed, kinds.size() + 1L);
        if (which == kinds.size() || plan.atOnce().filter(n -> n == 0).isPresent()) {
            return List.of();
        }
        FaultMaker maker = new FaultMaker(fabric, random);
        List<Fault> faults = new ArrayList<>(List.of(maker.make(kinds.get(which))));
        int mixed = random.nextInt(3) == 0 ? 1 + random.nextInt(MOST_FURTHER) : 0;
        int further = plan.atOnce().map(n -> n - 1).orElse(mixed);
        for (int i = 0; i < further; i++) {
            Fault another = maker.make(kinds.get(random.nextInt(kinds.size())));
            if (faults.stream().noneMatch(fault -> hide(fabric, fault, another) || hide(fabric, another, fault))) {
                faults.add(another);
            }
        }
        return faults;
    }

    /** Two faults in one component, or in a whole and its part, are one to whoever looks from outside. */
    private static boolean hide(Fabric fabric, Fault one, Fault other) {
        return one.truth().stream()
                .anyMatch(component -> other.truth().stream()
                        .anyMatch(each -> each.equals(component) || fabric.isPartOf(each, component)));
    }
}
