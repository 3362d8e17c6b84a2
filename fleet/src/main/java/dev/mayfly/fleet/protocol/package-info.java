/**
 * What server and agents tell each other, as values. Both sides repeat themselves until the other shows that it knows: an
 * agent reports all that it has, the server answers with what is still to be done, and nothing here is harmed by coming
 * twice, late or not at all. {@code DESIGN.md} of this room says why.
 */
@NullMarked
package dev.mayfly.fleet.protocol;

import org.jspecify.annotations.NullMarked;
