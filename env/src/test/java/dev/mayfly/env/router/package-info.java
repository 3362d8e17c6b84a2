@NullMarked
package dev.mayfly.env.router;

import org.jspecify.annotations.NullMarked;
