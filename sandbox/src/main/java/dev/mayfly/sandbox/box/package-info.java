/**
 * The port between deciding and enforcing: a fully decided {@link dev.mayfly.sandbox.box.BoxSpec} goes to a
 * {@link dev.mayfly.sandbox.box.Backend}, evidence comes back as an {@link dev.mayfly.sandbox.box.Execution}. Nothing
 * here knows policies, grades or ledgers; backends decide nothing.
 */
@NullMarked
package dev.mayfly.sandbox.box;

import org.jspecify.annotations.NullMarked;
