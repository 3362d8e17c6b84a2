/** The project's own benchmarks, each beside its reference. */
@NullMarked
package dev.mayfly.bench;

import org.jspecify.annotations.NullMarked;
