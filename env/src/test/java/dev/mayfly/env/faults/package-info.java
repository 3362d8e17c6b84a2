/** What disks, clocks, other processes and remote machines do to environments; {@code env/FAULTS.md} has the list. */
@NullMarked
package dev.mayfly.env.faults;

import org.jspecify.annotations.NullMarked;
