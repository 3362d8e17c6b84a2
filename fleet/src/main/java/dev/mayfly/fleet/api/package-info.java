/** Values that others see: names, sizes, identities. They validate themselves; a value that exists is one that fits. */
@NullMarked
package dev.mayfly.fleet.api;

import org.jspecify.annotations.NullMarked;
