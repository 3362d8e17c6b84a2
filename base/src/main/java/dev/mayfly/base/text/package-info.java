/** Words that people type. Pure; no locale, no I/O. */
@NullMarked
package dev.mayfly.base.text;

import org.jspecify.annotations.NullMarked;
