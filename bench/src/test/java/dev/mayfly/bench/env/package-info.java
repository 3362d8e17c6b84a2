@NullMarked
package dev.mayfly.bench.env;

import org.jspecify.annotations.NullMarked;
