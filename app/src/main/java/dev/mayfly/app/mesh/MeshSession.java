package dev.mayfly.app.mesh;

import dev.mayfly.app.Settings;
import dev.mayfly.base.program.Voice;
import java.util.Map;

/**
 * What a command about the network works with.
 *
 * @param environment variables of whoever typed it
 */
record MeshSession(Settings settings, Voice voice, Map<String, String> environment) {
    MeshSession {
        environment = Map.copyOf(environment);
    }
}
