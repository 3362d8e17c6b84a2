/**
 * A Clos fabric of network namespaces on this machine, with real agents and real faults. Everything in it ends with the process
 * that made it, however that ends.
 */
@NullMarked
package dev.mayfly.mesh.demo;

import org.jspecify.annotations.NullMarked;
