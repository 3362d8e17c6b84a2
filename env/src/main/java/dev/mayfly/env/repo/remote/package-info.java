/**
 * A repository on another machine, over gRPC. It trusts no server: objects and payloads are checked against their digests,
 * sizes are bounds and not promises, and every wait has an end.
 */
@NullMarked
package dev.mayfly.env.repo.remote;

import org.jspecify.annotations.NullMarked;
