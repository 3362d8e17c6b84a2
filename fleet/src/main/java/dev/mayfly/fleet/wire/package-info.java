/**
 * What both ends of the fleet's gRPC share: values as messages and back, errors as statuses, tokens, certificates. Whatever
 * comes from outside is checked by the values that it becomes; what does not fit is an {@link IllegalArgumentException}.
 */
@NullMarked
package dev.mayfly.fleet.wire;

import org.jspecify.annotations.NullMarked;
