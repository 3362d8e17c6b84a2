/**
 * Calls into macOS. Compiles and loads everywhere; what it needs is looked for when it is called. None of it was tried on a
 * Mac.
 */
@NullMarked
package dev.mayfly.platform.macos;

import org.jspecify.annotations.NullMarked;
