/**
 * RoCEv2 UD SEND-only frames: values to bytes and hostile bytes to values. In: a {@link dev.mayfly.mesh.wire.Route} and a
 * payload, or bytes. Out: bytes, or a {@link dev.mayfly.mesh.wire.Decoded}.
 *
 * <p>Pure, and free of allocation per frame: an encoder or decoder is owned by one thread and reuses what it hands out.
 * Knows no sockets and no clocks. The format is in {@code DESIGN.md} of the room.
 */
@NullMarked
package dev.mayfly.mesh.wire;

import org.jspecify.annotations.NullMarked;
