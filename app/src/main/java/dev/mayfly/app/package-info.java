/** Wiring of the long-lived program and of in-process runs; chooses adapters. */
@NullMarked
package dev.mayfly.app;

import org.jspecify.annotations.NullMarked;
