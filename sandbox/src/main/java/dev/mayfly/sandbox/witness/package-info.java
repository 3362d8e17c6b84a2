/**
 * The denial witness: one BPF program at the exit of every system call of this machine, which passes all but failures
 * with EACCES, EPERM or EROFS of processes in watched control groups, and notes those in a table per group. {@code
 * CallTable} says which argument of a call is worth noting, {@code ExitProgram} is the program, {@code KernelWitness}
 * owns maps and attachment, {@code RefusalText} turns a note into words. Comes in: control groups of slots. Goes out:
 * violations. It must not know policies, grading or the launcher.
 */
@NullMarked
package dev.mayfly.sandbox.witness;

import org.jspecify.annotations.NullMarked;
