/** Small cases whose answer can be seen. */
package dev.mayfly.mesh.control;
