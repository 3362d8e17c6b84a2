package dev.mayfly.mesh.otlp;

import dev.mayfly.proto.otlp.ExportMetricsServiceRequest;
import java.io.IOException;

/** A way to a collector. */
interface Sender extends AutoCloseable {
    /**
     * Hands metrics on.
     *
     * @return what the collector did not take, in its words; empty when it took all
     * @throws IOException when it does not answer, or says no
     */
    String send(ExportMetricsServiceRequest metrics) throws IOException, InterruptedException;

    @Override
    void close();
}
