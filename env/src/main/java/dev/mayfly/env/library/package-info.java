/** A repository as those who use environments see it: refs in, objects and views out. */
@NullMarked
package dev.mayfly.env.library;

import org.jspecify.annotations.NullMarked;
