/** Content digests: the names of requests, results and files. SHA-256 only; a value says its algorithm in its text. */
@NullMarked
package dev.mayfly.base.digest;

import org.jspecify.annotations.NullMarked;
