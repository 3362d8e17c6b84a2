package dev.mayfly.mesh.analyze;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Probes that did not come back, to be explained one cause after the other. Bounded: beyond the bound more of the same adds
 * nothing to who is at fault.
 */
final class LostProbes {
    static final int MOST = 200_000;

    private final List<int[]> paths = new ArrayList<>();

    void add(Observation observation) {
        if (paths.size() < MOST) {
            paths.add(observation.path());
        }
    }

    void add(LostProbes other) {
        paths.addAll(other.paths.subList(0, Math.min(other.paths.size(), MOST - paths.size())));
    }

    /** Those that hosts do not explain; the others are taken off the counts of what was crossed. */
    LostProbes without(HostEvidence hosts, int[] crossed) {
        LostProbes left = new LostProbes();
        for (int[] path : paths) {
            if (hosts.explains(path[0], path[1])) {
                for (int component : path) {
                    crossed[component]--;
                }
            } else {
                left.paths.add(path);
            }
        }
        return left;
    }

    /** Those that hosts do not explain, with how many cross each component. */
    Unexplained unexplained(int components, HostEvidence hosts) {
        return unexplained(List.of(this), components, hosts, BusyHosts.NONE);
    }

    static Unexplained unexplained(List<LostProbes> all, int components, HostEvidence hosts, BusyHosts busy) {
        List<int[]> left = new ArrayList<>();
        int[] explained = new int[components];
        for (LostProbes each : all) {
            for (int[] path : each.paths) {
                if (hosts.explains(path[0], path[1])) {
                    count(path, explained);
                } else {
                    left.add(path);
                }
            }
        }
        return new Unexplained(left, explained, busy);
    }

    /** Those that no evidence explains, each as the hosts at its ends. */
    static Unexplained unexplainedByHost(List<LostProbes> all, HostEvidence evidence, Hosts hosts) {
        List<int[]> left = new ArrayList<>();
        int[] explained = new int[hosts.count()];
        for (LostProbes each : all) {
            for (int[] path : each.paths) {
                int from = hosts.of(path[0]);
                int to = hosts.of(path[1]);
                int[] ends = from == to ? new int[] {from} : new int[] {from, to};
                if (evidence.explains(path[0], path[1])) {
                    count(ends, explained);
                } else {
                    left.add(ends);
                }
            }
        }
        return new Unexplained(left, explained, BusyHosts.NONE);
    }

    private static void count(int[] path, int[] in) {
        for (int component : path) {
            in[component]++;
        }
    }

    /**
     * The lost probes of which nobody is known to be the cause yet. Those that are explained say nothing about what else they
     * crossed, not even that it let them through.
     */
    static final class Unexplained {
        private List<int[]> paths;
        private final int[] crossing;
        private final int[] explained;
        /** By component, how many probes those stand for that are explained; nothing until one is. */
        private double[] standFor = new double[0];

        private final BusyHosts busy;
        /** By component, how much of what speaks against it busy hosts excuse; empty when none is busy. */
        private final double[] excused;

        private int[] touched = new int[256];
        private int touchedCount;

        private Unexplained(List<int[]> paths, int[] explained, BusyHosts busy) {
            this.paths = paths;
            this.explained = explained;
            this.busy = busy;
            excused = new double[busy.late().isEmpty() ? 0 : explained.length];
            crossing = new int[explained.length];
            for (int[] path : paths) {
                for (int component : path) {
                    if (crossing[component]++ == 0) {
                        touch(component);
                    }
                }
                excuse(path, 1);
            }
            touched = Arrays.copyOf(touched, touchedCount);
        }

        private Unexplained(Unexplained other) {
            paths = other.paths;
            explained = other.explained.clone();
            standFor = other.standFor.clone();
            busy = other.busy;
            excused = other.excused.clone();
            crossing = other.crossing.clone();
            touched = other.touched;
            touchedCount = other.touchedCount;
        }

        private void touch(int component) {
            if (touchedCount == touched.length) {
                touched = Arrays.copyOf(touched, 2 * touchedCount);
            }
            touched[touchedCount++] = component;
        }

        private void excuse(int[] path, int sign) {
            double excuse = excused.length == 0 ? 0 : sign * busy.excuse(path);
            if (excuse != 0) {
                for (int component : path) {
                    excused[component] += excuse;
                }
            }
        }

        BusyHosts busy() {
            return busy;
        }

        /** How much less is to be made of the lost probes that cross it, because busy hosts may have lost them. */
        double excused(int component) {
            return excused.length == 0 ? 0 : excused[component];
        }

        /** Those of them that cross a component. */
        Unexplained crossingOnly(int component) {
            Unexplained only = new Unexplained(
                    paths.stream().filter(path -> crosses(path, component)).toList(), explained.clone(), busy);
            only.standFor = standFor.clone();
            return only;
        }

        List<int[]> paths() {
            return paths;
        }

        /** Components that any of them crossed at the beginning; not to be changed. */
        int[] touched() {
            return touched;
        }

        int crossing(int component) {
            return crossing[component];
        }

        /** Lost probes that crossed it and have a cause. */
        int explained(int component) {
            return explained[component];
        }

        /** As it is now; what becomes of one of them does not change the other. */
        Unexplained copy() {
            return new Unexplained(this);
        }

        /** How many probes the explained ones stand for, that crossed both it and what explains them. */
        double standingFor(int component) {
            return standFor.length == 0 ? 0 : standFor[component];
        }

        /** Takes away those that cross a component, which stand for themselves alone. */
        void explain(int component) {
            explain(component, 1);
        }

        /**
         * Takes away those that cross a component.
         *
         * @param share of what crosses it that it loses
         */
        void explain(int component, double share) {
            if (crossing[component] == 0) {
                return;
            }
            if (standFor.length == 0) {
                standFor = new double[explained.length];
            }
            List<int[]> left = new ArrayList<>(paths.size());
            for (int[] path : paths) {
                if (crosses(path, component)) {
                    count(path, explained);
                    excuse(path, -1);
                    for (int each : path) {
                        crossing[each]--;
                        standFor[each] += 1 / share;
                    }
                } else {
                    left.add(path);
                }
            }
            paths = left;
        }

        private static boolean crosses(int[] path, int component) {
            for (int each : path) {
                if (each == component) {
                    return true;
                }
            }
            return false;
        }
    }
}
