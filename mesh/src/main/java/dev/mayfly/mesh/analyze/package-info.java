/**
 * Which component is at fault. In: what became of probes and which components they crossed, and what is known of hosts. Out:
 * findings, each with the components that cannot be told apart from it. Pure; state belongs to one thread.
 *
 * <p>{@link dev.mayfly.mesh.analyze.LikelihoodLocalizer} is ours; the others are what it is compared with.
 */
@NullMarked
package dev.mayfly.mesh.analyze;

import org.jspecify.annotations.NullMarked;
