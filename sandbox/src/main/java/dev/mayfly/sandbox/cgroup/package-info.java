/**
 * Control groups of the slots: limits, counters and the kill of a whole tree. Reads which layout this machine has (v1,
 * v2, hybrid, none) and hides the difference behind {@link dev.mayfly.sandbox.cgroup.SlotGroup}. Owns the directories
 * {@code mayfly-<pid>-<start time>} and removes them; sweeps those of processes that are gone. Every path is below an
 * injected root, so a test can show it any machine. Knows nothing of launchers or requests.
 */
@NullMarked
package dev.mayfly.sandbox.cgroup;

import org.jspecify.annotations.NullMarked;
