/** Where fresh ids come from, so that tests and seeded runs get the same ones every time. */
@NullMarked
package dev.mayfly.base.id;

import org.jspecify.annotations.NullMarked;
