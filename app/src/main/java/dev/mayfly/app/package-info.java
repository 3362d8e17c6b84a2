/**
 * Wiring of the whole program: for the long-lived service and for calls answered in the process of the client.
 *
 * <p>In come {@link dev.mayfly.base.local.Call}s, out go replies; {@link dev.mayfly.app.Operations} is the one list of
 * what can be asked. {@link dev.mayfly.app.Wiring} builds everything by constructors and owns its end. This room knows
 * every adapter and decides nothing about jobs.
 */
@NullMarked
package dev.mayfly.app;

import org.jspecify.annotations.NullMarked;
