/** What this machine can do: capability probes as values, native bindings, the C launcher. */
@NullMarked
package dev.mayfly.platform;

import org.jspecify.annotations.NullMarked;
