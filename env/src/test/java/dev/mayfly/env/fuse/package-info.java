@NullMarked
package dev.mayfly.env.fuse;

import org.jspecify.annotations.NullMarked;
