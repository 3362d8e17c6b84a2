/** The backend of machines that cannot run untrusted programs: it says why and how to change that, and runs nothing. */
@NullMarked
package dev.mayfly.sandbox.unavailable;

import org.jspecify.annotations.NullMarked;
