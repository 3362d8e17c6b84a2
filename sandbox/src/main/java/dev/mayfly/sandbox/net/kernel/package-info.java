/**
 * The kernel's part of the network allowlist: a socket-lookup program per slot that lets the job's own loopback services
 * pass, hands permitted kinds of flows to the mediator's sockets, and drops and counts everything else. The other half
 * of the wall is the namespace itself: it has no device but {@code lo}, so nothing that slips past the program leaves it.
 */
@NullMarked
package dev.mayfly.sandbox.net.kernel;

import org.jspecify.annotations.NullMarked;
