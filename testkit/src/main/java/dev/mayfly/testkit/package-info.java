/** Fakes, leak checks and capability conditions for the tests of every room. */
@NullMarked
package dev.mayfly.testkit;

import org.jspecify.annotations.NullMarked;
