/** The forms in which entries are kept and answers are sent. */
@NullMarked
package dev.mayfly.queue.wire;

import org.jspecify.annotations.NullMarked;
