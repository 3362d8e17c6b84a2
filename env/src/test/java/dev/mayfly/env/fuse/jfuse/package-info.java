@NullMarked
package dev.mayfly.env.fuse.jfuse;

import org.jspecify.annotations.NullMarked;
