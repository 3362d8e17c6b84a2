/** SQL port shaped as batch of statements plus compare-and-set; SQLite adapter; migrations. */
@NullMarked
package dev.mayfly.store;

import org.jspecify.annotations.NullMarked;
