/**
 * What {@code bench env} works with: a tree of files as environments have them, a repository that it is committed to, and
 * each way to show it, ours and others'. In: sizes and a folder. Out: folders to measure, and counts. Owns what it mounts
 * and starts, and takes it down. Must not know of reports.
 */
@NullMarked
package dev.mayfly.bench.env;

import org.jspecify.annotations.NullMarked;
