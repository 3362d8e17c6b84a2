/**
 * Which way probes take. In: probes of the same addresses and ports as those that measure, allowed to pass fewer routers than
 * the way has; routers that drop them say so. Out: for each source port the routers in order. The algorithm is pure; how
 * probes are sent is behind {@link dev.mayfly.mesh.trace.Hops}.
 */
@NullMarked
package dev.mayfly.mesh.trace;

import org.jspecify.annotations.NullMarked;
