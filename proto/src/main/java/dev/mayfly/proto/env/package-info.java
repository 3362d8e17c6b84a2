/** Generated from {@code mayfly/env/environments.proto}: a repository of environments over gRPC. */
@NullMarked
package dev.mayfly.proto.env;

import org.jspecify.annotations.NullMarked;
