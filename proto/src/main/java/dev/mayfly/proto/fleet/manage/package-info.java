/** Generated from {@code mayfly/fleet/fleet.proto}: what people and tools ask of a fleet. */
@NullMarked
package dev.mayfly.proto.fleet.manage;

import org.jspecify.annotations.NullMarked;
