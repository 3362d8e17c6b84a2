/**
 * Repositories made of other repositories: {@code ProxyRepository} reads through to more of them, {@code FallbackRepository}
 * also keeps what it read, {@code PinnedRepository} answers as of a time. They own nothing: closing one closes those that it
 * was made of.
 */
@NullMarked
package dev.mayfly.env.repo.layered;

import org.jspecify.annotations.NullMarked;
