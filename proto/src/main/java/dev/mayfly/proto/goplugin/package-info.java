/** Generated from {@code goplugin/goplugin.proto}: what a host of go-plugin asks of its plugins. */
@NullMarked
package dev.mayfly.proto.goplugin;

import org.jspecify.annotations.NullMarked;
