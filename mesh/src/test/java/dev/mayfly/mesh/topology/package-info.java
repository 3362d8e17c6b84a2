/** Fabrics and their paths. */
package dev.mayfly.mesh.topology;
