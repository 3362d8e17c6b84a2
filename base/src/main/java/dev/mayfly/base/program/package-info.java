/**
 * How the whole program joins the thin client when both are in one process: the client finds these by
 * {@link java.util.ServiceLoader} on the class path it was started with, and so needs no arrow to the rooms above it.
 */
@NullMarked
package dev.mayfly.base.program;

import org.jspecify.annotations.NullMarked;
