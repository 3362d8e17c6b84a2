/**
 * Who probes whom. In: cards that agents registered and paths that they learned. Out: a list for each card, a certificate of
 * which link is crossed by which probe, and a fabric for whoever looks for faults. Decides only; but for the registry, which
 * keeps agents in the store.
 */
@NullMarked
package dev.mayfly.mesh.control;

import org.jspecify.annotations.NullMarked;
