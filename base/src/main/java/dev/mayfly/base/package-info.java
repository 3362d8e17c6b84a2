/** Ground floor: errors, ids, digests, canonical JSON, clock, limits, configuration, logging, local socket protocol. */
@NullMarked
package dev.mayfly.base;

import org.jspecify.annotations.NullMarked;
