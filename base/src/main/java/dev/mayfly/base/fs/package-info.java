/** Files that are either the old or the new one after a crash at any instruction. */
@NullMarked
package dev.mayfly.base.fs;

import org.jspecify.annotations.NullMarked;
