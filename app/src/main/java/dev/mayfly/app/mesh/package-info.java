/**
 * {@code mayfly mesh} in this process: what was typed becomes calls of the room of network health, and what those answer
 * becomes text or JSON. Knows transports by name, because it chooses them.
 */
@NullMarked
package dev.mayfly.app.mesh;

import org.jspecify.annotations.NullMarked;
