/**
 * The real cores of server and agent under every fault there is, in time that a seed decides. Hosts, machines, links and
 * clients are played; {@link dev.mayfly.fleet.sim.Observer} sees only what they do, and not what the cores believe.
 */
@NullMarked
package dev.mayfly.fleet.sim;

import org.jspecify.annotations.NullMarked;
