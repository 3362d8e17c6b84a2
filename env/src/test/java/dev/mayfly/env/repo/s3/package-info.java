@NullMarked
package dev.mayfly.env.repo.s3;

import org.jspecify.annotations.NullMarked;
