@NullMarked
package dev.mayfly.env.repo.layered;

import org.jspecify.annotations.NullMarked;
