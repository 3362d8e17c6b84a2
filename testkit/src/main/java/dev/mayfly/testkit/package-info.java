/**
 * What the tests of every room share: time that stands still, a log that is kept, conditions on the machine, and the
 * check that nothing is left behind. Knows base and the JUnit API only; never part of the program.
 */
@NullMarked
package dev.mayfly.testkit;

import org.jspecify.annotations.NullMarked;
