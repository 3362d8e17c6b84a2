/**
 * One family of failures for the whole house. A failure carries a stable code, what failed, why, and what to do next;
 * the code alone decides exit code and retry class. Expected outcomes are values and never come through here.
 */
@NullMarked
package dev.mayfly.base.error;

import org.jspecify.annotations.NullMarked;
