/**
 * Garbage is collected while processes commit and push: a short campaign in every build, the whole one by
 * {@code ./verify -Pfaults}.
 */
@NullMarked
package dev.mayfly.env.gc.campaign;

import org.jspecify.annotations.NullMarked;
