@NullMarked
package dev.mayfly.env.erofs;

import org.jspecify.annotations.NullMarked;
