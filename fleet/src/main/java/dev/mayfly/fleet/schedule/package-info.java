/** Which host gets a runner: a pure function of the wish and of what is known of the hosts. */
@NullMarked
package dev.mayfly.fleet.schedule;

import org.jspecify.annotations.NullMarked;
