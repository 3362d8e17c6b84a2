/**
 * A small JSON model for the places where start-up time or exactness matter more than features: requests, results,
 * the local protocol. Reading is strict (RFC 8259, UTF-8 only, duplicate keys are errors, bounded depth and size);
 * {@link dev.mayfly.base.json.CanonicalJson} writes RFC 8785.
 */
@NullMarked
package dev.mayfly.base.json;

import org.jspecify.annotations.NullMarked;
