/**
 * The life of one runner: its states, the one table of steps between them, and how long each may last. Pure values; who
 * takes a step is decided elsewhere.
 */
@NullMarked
package dev.mayfly.fleet.runner;

import org.jspecify.annotations.NullMarked;
