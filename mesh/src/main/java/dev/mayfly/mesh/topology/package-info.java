/**
 * What lies between cards. In: the shape of a fabric. Out: its components as numbers, and which of them a probe crosses there
 * and back. Pure and immutable; safe to share.
 */
@NullMarked
package dev.mayfly.mesh.topology;

import org.jspecify.annotations.NullMarked;
