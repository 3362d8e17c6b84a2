/** Ports on loopback for servers that tests start. */
@NullMarked
package dev.mayfly.testkit.port;

import org.jspecify.annotations.NullMarked;
