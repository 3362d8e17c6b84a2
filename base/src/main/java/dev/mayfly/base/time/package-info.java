/**
 * Time that tests can hold still. Points in time for people come from an injected {@link java.time.Clock}; lengths of
 * time are measured with a {@link dev.mayfly.base.time.Ticker}, which never jumps.
 */
@NullMarked
package dev.mayfly.base.time;

import org.jspecify.annotations.NullMarked;
