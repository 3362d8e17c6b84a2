/**
 * The life of one run: read, decide, enforce, grade, record. The only package that knows all others of this room; each
 * of them can be understood without it.
 */
@NullMarked
package dev.mayfly.sandbox.run;

import org.jspecify.annotations.NullMarked;
