/**
 * A repository in a folder, with the layout of SPFS. In: a folder. Out: {@link dev.mayfly.env.repo.Repository}. Safe for many
 * threads and processes at once, SPFS among them where payloads are files of their own; {@code STORE.md} says how, in which
 * order things become durable, and why nothing is lost. Needs Linux to write.
 */
@NullMarked
package dev.mayfly.env.repo.fs;

import org.jspecify.annotations.NullMarked;
