/**
 * One host's part: probes what the controller asks for, in a rhythm that neither host nor links notice, and reports what became
 * of it. In: settings, lists. Out: reports. Each endpoint has a platform thread; one virtual thread reports for all.
 */
@NullMarked
package dev.mayfly.mesh.agent;

import org.jspecify.annotations.NullMarked;
