/**
 * Structured logging: a message that never varies plus key-value fields, as text or JSON lines, to an injected sink.
 *
 * <p>Loggers are immutable and handed down by constructors; there is no registry and no static state. A level that is
 * off costs one comparison and allocates nothing. Sinks are called from any thread and do their own locking.
 */
@NullMarked
package dev.mayfly.base.log;

import org.jspecify.annotations.NullMarked;
