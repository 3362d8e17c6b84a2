/** Generated from {@code shoes/vz/agent/v1/agent.proto}: what server and agents say to each other. */
@NullMarked
package dev.mayfly.proto.fleet.agent;

import org.jspecify.annotations.NullMarked;
