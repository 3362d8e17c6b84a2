package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.topology.Fabric;
import java.util.ArrayList;
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

    /** Those that hosts do not explain, with how many cross each component. */
    Unexplained unexplained(Fabric fabric, HostEvidence hosts) {
        return new Unexplained(
                paths.stream().filter(path -> !hosts.explains(path[0], path[1])).toList(), fabric.components());
    }

    /** The lost probes of which nobody is known to be the cause yet. */
    static final class Unexplained {
        private List<int[]> paths;
        private final int[] crossing;
        private final List<Integer> touched = new ArrayList<>();

        private Unexplained(List<int[]> paths, int components) {
            this.paths = paths;
            crossing = new int[components];
            for (int[] path : paths) {
                for (int component : path) {
                    if (crossing[component]++ == 0) {
                        touched.add(component);
                    }
                }
            }
        }

        /** Those of them that cross a component. */
        Unexplained crossingOnly(int component) {
            return new Unexplained(
                    paths.stream().filter(path -> crosses(path, component)).toList(), crossing.length);
        }

        List<int[]> paths() {
            return paths;
        }

        /** Components that any of them crossed at the beginning. */
        List<Integer> touched() {
            return touched;
        }

        int crossing(int component) {
            return crossing[component];
        }

        /** Takes away those that cross a component. */
        void explain(int component) {
            List<int[]> left = new ArrayList<>(paths.size());
            for (int[] path : paths) {
                if (crosses(path, component)) {
                    for (int each : path) {
                        crossing[each]--;
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
