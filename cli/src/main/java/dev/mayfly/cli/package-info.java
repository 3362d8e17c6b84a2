/**
 * The thin client, and the only room that prints and exits.
 *
 * <p>In comes a command line, out goes a {@link dev.mayfly.base.local.Call}; the one
 * {@link dev.mayfly.base.local.Reply} becomes stdout, stderr and exit code. Who answers is decided in
 * {@link dev.mayfly.cli.Services}: the service behind its socket, or the whole program in this process when it is on
 * the class path. Start-up time is a promise here: a command is described only when it is the one that was typed, and
 * nothing is loaded that this command does not need.
 */
@NullMarked
package dev.mayfly.cli;

import org.jspecify.annotations.NullMarked;
