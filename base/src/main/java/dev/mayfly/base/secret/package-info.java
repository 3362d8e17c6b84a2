/** What two ends know and nobody else. Nothing here is ever printed. */
@NullMarked
package dev.mayfly.base.secret;

import org.jspecify.annotations.NullMarked;
