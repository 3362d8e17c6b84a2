/** What people write to name an environment, and how it becomes a stack of layers. */
@NullMarked
package dev.mayfly.env.spec;

import org.jspecify.annotations.NullMarked;
