/**
 * How well faults are found. In: a fabric, a number of seeds. Out: a table for each kind of fault and each localizer, all of
 * which saw the same probes. Pure: the same seed gives the same probes, faults and table on every machine.
 */
@NullMarked
package dev.mayfly.mesh.eval;

import org.jspecify.annotations.NullMarked;
