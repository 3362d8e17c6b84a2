/** What every implementation of a port must do, as suites that its tests inherit. */
@NullMarked
package dev.mayfly.env.contract;

import org.jspecify.annotations.NullMarked;
