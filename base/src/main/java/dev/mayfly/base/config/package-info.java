/**
 * Typed configuration with one precedence rule: flag, then environment, then file, then default.
 *
 * <p>A {@link dev.mayfly.base.config.Key} declares name, type, default, meaning and the old names that still work;
 * {@link dev.mayfly.base.config.Keys} is the list of all of them, from which documentation is printed.
 * {@link dev.mayfly.base.config.Config#resolve} reports every problem at once, each with where it came from. Files come
 * in through {@link dev.mayfly.base.config.ConfigSource}; nothing here reads YAML, the environment or the disk itself.
 */
@NullMarked
package dev.mayfly.base.config;

import org.jspecify.annotations.NullMarked;
