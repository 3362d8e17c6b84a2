/** What environments are made of, as values without I/O: the object model of SPFS. */
@NullMarked
package dev.mayfly.env.object;

import org.jspecify.annotations.NullMarked;
