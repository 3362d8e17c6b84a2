/** Transports over cards that exist in memory only, byte for byte as libibverbs has them. */
package dev.mayfly.mesh.card;
