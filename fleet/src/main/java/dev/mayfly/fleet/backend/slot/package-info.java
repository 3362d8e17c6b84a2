/**
 * Runners in namespaces of this machine, for hosts without virtualisation. Comes in: a template's disk, a size and an
 * identity. Goes out: the same as from a hypervisor, in milliseconds.
 *
 * <p>Each is held by one process of {@code mayfly-slot}, led by nobody: it and its bundle are all the state there is, beside
 * its control groups and the number that it has on this machine ({@code Claims}). What a slot is kept from is written down in
 * {@code slot.h}. Where control groups can be made is for others to know ({@code GroupPlaces}).
 */
@NullMarked
package dev.mayfly.fleet.backend.slot;

import org.jspecify.annotations.NullMarked;
