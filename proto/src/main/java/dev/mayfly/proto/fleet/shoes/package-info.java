/** Generated from {@code shoes/vz/shoes/v1/shoes.proto}: what a front door asks of the fleet. */
@NullMarked
package dev.mayfly.proto.fleet.shoes;

import org.jspecify.annotations.NullMarked;
