/** Frames against vectors of others, against a checksum written another way, and against noise. */
package dev.mayfly.mesh.wire;
