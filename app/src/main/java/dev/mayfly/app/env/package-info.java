/**
 * {@code mayfly env} in this process: what was typed becomes calls of the room of environments, and what those answer becomes
 * text or JSON. Knows adapters by name, because it chooses them.
 */
@NullMarked
package dev.mayfly.app.env;

import org.jspecify.annotations.NullMarked;
