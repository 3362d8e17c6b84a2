/**
 * The network allowlist of a box, enforced by construction. A slot's namespace has no way out; the kernel
 * ({@link dev.mayfly.sandbox.net.kernel}) hands permitted kinds of flows to sockets of this mediator and counts what it
 * drops; the mediator decides by the run's {@link dev.mayfly.sandbox.box.NetGrant}, dials in the job's stead, and writes
 * down every decision. In: a namespace and a grant. Out: {@link dev.mayfly.sandbox.box.NetEvidence}.
 *
 * <p>{@link dev.mayfly.sandbox.net.MediatedNetworks} is the way in. One virtual thread accepts, one answers DNS, two per
 * connection copy; all state of a run lives in one session object that ends with the run. Nothing here knows policies or
 * requests, and no byte of a job is trusted before a reader in {@link dev.mayfly.sandbox.net.wire} has accepted it.
 */
@NullMarked
package dev.mayfly.sandbox.net;

import org.jspecify.annotations.NullMarked;
