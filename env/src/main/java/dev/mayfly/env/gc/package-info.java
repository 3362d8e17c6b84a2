/**
 * What goes when nobody needs it any more. {@link dev.mayfly.env.gc.PruneRules} says which tags go, as a pure function;
 * {@link dev.mayfly.env.gc.Collector} removes what nothing reaches from a repository in a folder. In: a repository, a time of
 * grace, what runtimes show. Out: a report. {@code STORE.md} proves that nothing reachable goes.
 */
@NullMarked
package dev.mayfly.env.gc;

import org.jspecify.annotations.NullMarked;
