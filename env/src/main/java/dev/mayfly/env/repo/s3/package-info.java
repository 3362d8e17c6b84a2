/**
 * A repository in a bucket of an object store that speaks the protocol of Amazon S3. In: an address, and credentials from
 * where the tools of AWS look for them. Out: {@link dev.mayfly.env.repo.Repository}. Keys are named as SPFS names its files.
 * Tags are compared and set by conditional writes; a store that does not know them is refused. Everything that leaves this
 * package has its digest. The only package that knows the client library; {@code EXCHANGE.md} says what is promised.
 */
@NullMarked
package dev.mayfly.env.repo.s3;

import org.jspecify.annotations.NullMarked;
