/** The rules of the house, checked over all rooms at once; docs/architecture.md says why each of them is there. */
@NullMarked
package dev.mayfly.arch;

import org.jspecify.annotations.NullMarked;
