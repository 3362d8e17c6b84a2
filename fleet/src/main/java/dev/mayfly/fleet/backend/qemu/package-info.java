/**
 * Machines under QEMU: a clone of the template's disk, a kernel started directly, one port of the loopback for SSH.
 *
 * <p>Each machine is one process, led by nobody: it and its bundle (one folder) are all the state there is, so an agent can
 * die and the next one finds everything by looking. The process belongs to a bundle when it has the bundle's control
 * socket on its command line; numbers of processes are never trusted. The guest speaks to the host through a serial line
 * that QEMU writes into a file of the bundle: first its host key, which is pinned, then that it is ready.
 */
@NullMarked
package dev.mayfly.fleet.backend.qemu;

import org.jspecify.annotations.NullMarked;
