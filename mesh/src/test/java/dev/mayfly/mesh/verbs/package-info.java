/** Against a real kernel, with a library of our own. */
package dev.mayfly.mesh.verbs;
