@NullMarked
package dev.mayfly.env.view;

import org.jspecify.annotations.NullMarked;
