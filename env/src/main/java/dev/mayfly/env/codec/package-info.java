/**
 * How objects and tags are written: byte for byte as SPFS does, so that its repositories and ours can be copied to and fro.
 * In: values of {@code env.object}. Out: bytes, and digests, which are the same in every format. No I/O and no state.
 *
 * <p>Bytes come from anybody. Reading them takes memory and time in proportion to their length and ends with a value or with
 * {@code CONTENT_CORRUPT}. The layouts stand in {@code env/FORMAT.md}.
 */
@NullMarked
package dev.mayfly.env.codec;

import org.jspecify.annotations.NullMarked;
