/**
 * From rows of reports to incidents. In: rows, paths, when agents were heard. Out: incidents that open and close with hysteresis,
 * one for each component, each with its reason. Pure: time is handed in. Belongs to one thread at a time.
 */
@NullMarked
package dev.mayfly.mesh.judge;

import org.jspecify.annotations.NullMarked;
