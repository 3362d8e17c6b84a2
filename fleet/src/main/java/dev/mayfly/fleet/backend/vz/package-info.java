/**
 * Machines of macOS under Virtualization.framework. Comes in: a template with {@code Disk.img}, {@code AuxiliaryStorage} and
 * {@code HardwareModel.json}. Goes out: machines, each held by a process of its own, because a machine ends with the process
 * that made it, and because what the framework throws ends that process. The frameworks are called through one interface, and
 * all of this is tried with frameworks that are played. It was never tried on a Mac.
 */
@NullMarked
package dev.mayfly.fleet.backend.vz;

import org.jspecify.annotations.NullMarked;
