@NullMarked
package dev.mayfly.env.render;

import org.jspecify.annotations.NullMarked;
