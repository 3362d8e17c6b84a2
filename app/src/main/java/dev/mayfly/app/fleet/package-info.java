/**
 * {@code mayfly fleet …}: one small object for each command, built out of the room {@code fleet} by {@link
 * dev.mayfly.app.fleet.FleetSession}. The commands of people are clients of a server, wherever that is; server and agent are
 * processes of their own, which end in order when their thread is interrupted.
 */
@NullMarked
package dev.mayfly.app.fleet;

import org.jspecify.annotations.NullMarked;
