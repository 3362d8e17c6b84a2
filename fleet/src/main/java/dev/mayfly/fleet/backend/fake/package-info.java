/**
 * Machines that are not there, with the times that real ones take: for load and faults of the control plane, on hosts that
 * could not hold a thousand real ones.
 */
@NullMarked
package dev.mayfly.fleet.backend.fake;

import org.jspecify.annotations.NullMarked;
