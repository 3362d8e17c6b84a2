package dev.mayfly.mesh.endpoint;

/**
 * What an endpoint has seen since it began, beside its verdicts.
 *
 * @param answered probes that got their first answer
 * @param refused probes of hosts that are no peers, or with a wrong queue pair or key
 * @param throttled probes above the limit of their peer
 * @param damaged frames that were changed on their way, of peers
 * @param foreign whatever else came
 */
public record EndpointCounts(long answered, long refused, long throttled, long damaged, long foreign) {}
