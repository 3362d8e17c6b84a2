@NullMarked
package dev.mayfly.platform.macos;

import org.jspecify.annotations.NullMarked;
