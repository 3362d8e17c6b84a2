/** Verdicts against a naive model, windows and sketches against plain lists. */
package dev.mayfly.mesh.probe;
