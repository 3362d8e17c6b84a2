/**
 * Machines under QEMU: a clone of the template's disk, a kernel started directly, one port of the loopback for SSH.
 *
 * <p>Each machine is one process, led by nobody: it and its bundle (one folder) are all the state there is, so an agent can
 * die and the next one finds everything by looking. A process belongs to a bundle when it works in its folder and has a
 * control socket on its command line; numbers of processes are never trusted. The guest's agent speaks through a socket in
 * the bundle: it is told who it is and answers with its host key, which is pinned.
 *
 * <p>Machines are restored from one that was saved before it was anybody ({@code WarmStates}), or booted.
 */
@NullMarked
package dev.mayfly.fleet.backend.qemu;

import org.jspecify.annotations.NullMarked;
