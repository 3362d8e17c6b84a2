/**
 * Serves a repository to other machines over gRPC. It trusts no client: digests are checked before anything is kept, requests
 * and sessions are bounded, and nothing becomes visible before its session is published.
 */
@NullMarked
package dev.mayfly.env.server;

import org.jspecify.annotations.NullMarked;
