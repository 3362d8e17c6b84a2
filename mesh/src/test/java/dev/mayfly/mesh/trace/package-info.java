/** Ways through networks that are made up. */
package dev.mayfly.mesh.trace;
