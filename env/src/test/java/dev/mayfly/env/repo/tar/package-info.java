@NullMarked
package dev.mayfly.env.repo.tar;

import org.jspecify.annotations.NullMarked;
