package dev.mayfly.mesh.agent;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;

/** How much an agent uses, as shares of what there is; below 0 when that is not known. */
public interface Load {
    double heap();

    double processor();

    /** Of which nothing is known, so that nothing is slowed down. */
    static Load unknown() {
        return new Load() {
            @Override
            public double heap() {
                return -1;
            }

            @Override
            public double processor() {
                return -1;
            }
        };
    }

    /** Of this process: its heap, and its share of the processors since the last look. */
    static Load ofThisProcess() {
        return new Load() {
            private final OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();

            @Override
            public double heap() {
                Runtime runtime = Runtime.getRuntime();
                return (double) (runtime.totalMemory() - runtime.freeMemory()) / runtime.maxMemory();
            }

            @Override
            public double processor() {
                return system instanceof com.sun.management.OperatingSystemMXBean more
                        ? more.getProcessCpuLoad()
                        : system.getSystemLoadAverage() / system.getAvailableProcessors();
            }
        };
    }
}
