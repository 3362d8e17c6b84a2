package dev.mayfly.bench.env;

import dev.mayfly.env.fuse.FuseServer;
import dev.mayfly.env.fuse.FuseTraffic;
import java.lang.management.ManagementFactory;

/** Front end B with what its server was asked, and what it allocated on the way. */
public record FuseFrontEnd(FrontEnd shown, FuseServer server) {
    private static final String THREADS = "fuse-";

    /** Names, attributes and listings that the server was asked for. */
    public long requests() {
        FuseTraffic traffic = server.traffic();
        return traffic.lookups() + traffic.attributes() + traffic.listings();
    }

    /** Bytes that threads of servers in this process have allocated on the heap so far. */
    public static long allocated() {
        long sum = 0;
        if (ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads) {
            for (Thread each : Thread.getAllStackTraces().keySet()) {
                if (each.getName().startsWith(THREADS)) {
                    sum += threads.getThreadAllocatedBytes(each.threadId());
                }
            }
        }
        return sum;
    }
}
