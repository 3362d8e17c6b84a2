/**
 * What the sandbox shows to the rest of the house: a request goes in, one graded result comes out. Values only; every
 * list is copied, nothing here touches a file or a process.
 */
@NullMarked
package dev.mayfly.sandbox.api;

import org.jspecify.annotations.NullMarked;
