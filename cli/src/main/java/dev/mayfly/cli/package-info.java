/** Thin client: lazy commands, help, progress; the only room that prints. */
@NullMarked
package dev.mayfly.cli;

import org.jspecify.annotations.NullMarked;
