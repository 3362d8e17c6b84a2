/**
 * The fleet: virtual machines that live for one job, or slots where there is no virtualisation.
 *
 * <p>In comes a wish for a runner: a name, a script, a size and labels. Out comes the address of a machine that was
 * cloned from a template for this wish alone and answers to SSH; later the proof that nothing of it is left. A server
 * decides who owns which runner and keeps that in the room {@code store}; an agent on each host makes and destroys
 * machines through a back end. The order of the packages is that of a runner's life: {@code api} (values),
 * {@code runner} (states), {@code schedule} (which host), {@code server}, {@code agent}, {@code backend}. What carries words between machines stands beside it: {@code edge} (the
 * server's end), {@code remote} (the others), {@code wire} (what they share), {@code plugin} (for myshoes). What the room
 * promises and what holds the promise is in {@code DESIGN.md} beside its POM. It knows nothing of sandboxes, queues and
 * environments.
 */
@NullMarked
package dev.mayfly.fleet;

import org.jspecify.annotations.NullMarked;
