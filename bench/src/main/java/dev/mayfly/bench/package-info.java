/**
 * The project's own benchmarks, each beside its reference, in one run and in turns, so that noise hits all alike.
 *
 * <p>{@link dev.mayfly.bench.BenchCommand} is the way in; {@link dev.mayfly.bench.ExecBench} is the flow of {@code bench
 * exec}, {@link dev.mayfly.bench.QueueBench} that of {@code bench queue}, {@link
 * dev.mayfly.bench.EnvBench} that of {@code bench env}, {@link dev.mayfly.bench.FleetBench} that of {@code
 * bench fleet}, {@link dev.mayfly.bench.BuildBench} that of {@code bench build};
 * what is promised stands in {@link dev.mayfly.bench.Targets}, {@link dev.mayfly.bench.QueueReport} and {@link
 * dev.mayfly.bench.EnvTargets}. Nothing here decides whether a build is good: a missed target is printed as missed and the
 * exit code is 0.
 */
@NullMarked
package dev.mayfly.bench;

import org.jspecify.annotations.NullMarked;
