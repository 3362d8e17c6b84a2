/** Pings over a network in memory. */
package dev.mayfly.mesh.ping;
