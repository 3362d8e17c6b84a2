/** Generated from {@code whywaita/myshoes/myshoes.proto}: what a plugin offers to myshoes. */
@NullMarked
package dev.mayfly.proto.fleet.plugin;

import org.jspecify.annotations.NullMarked;
