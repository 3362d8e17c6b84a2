@NullMarked
package dev.mayfly.bench.control;

import org.jspecify.annotations.NullMarked;
