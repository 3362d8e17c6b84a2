/**
 * A real object store for tests: finding a server, starting and ending it, and a bad line to it.
 *
 * <p>{@link dev.mayfly.testkit.s3.S3Binary} finds what {@code s3-server.sh} provided; {@link dev.mayfly.testkit.s3.S3Server}
 * owns one child process and its folder. Knows no client library.
 */
@NullMarked
package dev.mayfly.testkit.s3;

import org.jspecify.annotations.NullMarked;
