/** Hosts that are files in a folder. */
package dev.mayfly.mesh.doctor;
