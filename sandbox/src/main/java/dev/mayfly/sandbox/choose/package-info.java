/**
 * Chooses the backend of a machine by trying, best first, and keeps the evidence of what was tried. {@code HostBackends}
 * is the wiring of the real ones; {@code Backends} is the decision alone.
 */
@NullMarked
package dev.mayfly.sandbox.choose;

import org.jspecify.annotations.NullMarked;
