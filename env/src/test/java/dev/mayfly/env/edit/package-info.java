@NullMarked
package dev.mayfly.env.edit;

import org.jspecify.annotations.NullMarked;
