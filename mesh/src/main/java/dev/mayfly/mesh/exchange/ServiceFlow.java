package dev.mayfly.mesh.exchange;

/**
 * A flow of a service on a host, which is probed on the path that its own frames take.
 *
 * @param service what the service calls itself
 */
public record ServiceFlow(Flow flow, String service) {
    private static final int LONGEST_NAME = 64;

    public ServiceFlow {
        if (service.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("a service has a name of at most 64 characters");
        }
        if (flow.sourcePort() < 1 || flow.sourcePort() > 0xFFFF) {
            throw new IllegalArgumentException("a source port is from 1 to 65535");
        }
    }

    @Override
    public String toString() {
        return service + " (" + flow + ")";
    }
}
