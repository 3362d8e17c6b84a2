/** Generated from {@code grpc/health/v1/health.proto}: whether a service is well. */
@NullMarked
package dev.mayfly.proto.health;

import org.jspecify.annotations.NullMarked;
