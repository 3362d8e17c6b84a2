/**
 * What agents and controller tell each other, as values: who is there, whom to probe, what became of it. No behaviour, and no
 * knowledge of how it crosses the wire.
 */
@NullMarked
package dev.mayfly.mesh.exchange;

import org.jspecify.annotations.NullMarked;
