@NullMarked
package dev.mayfly.env.repo.fs;

import org.jspecify.annotations.NullMarked;
