/** What every transport must do. */
package dev.mayfly.mesh.transport;
