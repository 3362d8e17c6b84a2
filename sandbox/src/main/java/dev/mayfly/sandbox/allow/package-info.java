/**
 * The grammars of what a run may reach, and their meaning: network rules, file system paths, environment names. Text
 * comes in once, at the border, and is turned into canonical values; everything after that compares values, never
 * strings. A grant is always policy ∩ request. Pure, except {@link dev.mayfly.sandbox.allow.BindGuard}, which looks
 * at the host's files before one of them is shown to a job.
 */
@NullMarked
package dev.mayfly.sandbox.allow;

import org.jspecify.annotations.NullMarked;
