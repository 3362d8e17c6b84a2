/** Faults that are found, and nuisances that are not. */
package dev.mayfly.mesh.eval;
