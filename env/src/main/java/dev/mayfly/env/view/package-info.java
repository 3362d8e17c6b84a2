/** What a stack of layers looks like as one tree of files; the same for all front ends. */
@NullMarked
package dev.mayfly.env.view;

import org.jspecify.annotations.NullMarked;
