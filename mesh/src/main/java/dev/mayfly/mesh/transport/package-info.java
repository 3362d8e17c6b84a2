/**
 * How frames reach other hosts. In: frames to send, each with a token. Out: frames that arrived and tokens of frames that
 * left, with stamps. {@code soft} and {@code sim} implement it; one suite of tests holds them all to it.
 */
@NullMarked
package dev.mayfly.mesh.transport;

import org.jspecify.annotations.NullMarked;
