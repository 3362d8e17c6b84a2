/** Transports in memory. */
package dev.mayfly.mesh.sim;
