/**
 * The deciding half of a run, pure and in two steps. Before: {@link dev.mayfly.sandbox.grade.Decider} takes a request,
 * a policy and the caller's flags and answers with a box to run, a red verdict without running, or a refusal. After:
 * {@link dev.mayfly.sandbox.grade.Grader} turns evidence into score, verdict and reasons by the rules of the policy.
 * What a command might do is guessed here to spare hopeless runs; it is the box that stops it, never this guess.
 */
@NullMarked
package dev.mayfly.sandbox.grade;

import org.jspecify.annotations.NullMarked;
