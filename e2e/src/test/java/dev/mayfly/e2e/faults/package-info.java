/**
 * A campaign of faults against the queue, in real processes: workers and servers are killed and paused, disks fill up,
 * acknowledgements are lost, requests come twice. {@link dev.mayfly.e2e.faults.Verdict} judges what is left, from what
 * can be seen outside the program.
 */
@NullMarked
package dev.mayfly.e2e.faults;

import org.jspecify.annotations.NullMarked;
