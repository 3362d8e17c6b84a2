/**
 * Seccomp filters, generated: {@link dev.mayfly.sandbox.seccomp.Seccomp#filter} turns a named profile into the classic
 * BPF program that the kernel runs before every system call of a job. Pure code: nothing here installs anything, the
 * launcher or bubblewrap does.
 *
 * <p>The way of a filter: {@code Profiles} says per system call name what the answer is ({@code Answer}, some after a
 * look at an argument: {@code Condition}); {@code FilterGenerator} maps names to numbers of one architecture and builds
 * a binary tree over ranges of numbers; {@code BackwardAssembler} lays the instructions out. {@code DeniedCall} is the
 * way back: it names what a notification reported.
 */
@NullMarked
package dev.mayfly.sandbox.seccomp;

import org.jspecify.annotations.NullMarked;
