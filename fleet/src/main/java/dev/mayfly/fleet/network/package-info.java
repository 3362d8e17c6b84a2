/**
 * What runners may reach. Comes in: what the owner of a host allows, and where the server is. Goes out: words for the program
 * that holds a runner ({@code slot.h}, {@code way.c}), which connects in its place.
 *
 * <p>A runner's own network is a namespace with nothing in it, whatever makes the runner; nothing of it is on the host, so
 * nothing has to be cleaned up there. This package decides and starts nothing but a trial; it knows no back end.
 */
@NullMarked
package dev.mayfly.fleet.network;

import org.jspecify.annotations.NullMarked;
