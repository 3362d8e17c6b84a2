@NullMarked
package dev.mayfly.env.repo.remote;

import org.jspecify.annotations.NullMarked;
