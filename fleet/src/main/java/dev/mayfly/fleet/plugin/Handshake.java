package dev.mayfly.fleet.plugin;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.Map;
import java.util.Optional;

/**
 * What a host of go-plugin tells its plugin at the start, and how the plugin answers.
 *
 * @param firstPort and {@code lastPort}: on one of these the plugin is to listen; 0 and 0 for any
 */
record Handshake(int firstPort, int lastPort) {
    private static final String COOKIE = "SHOES_PLUGIN_MAGIC_COOKIE";
    private static final String COOKIE_VALUE = "are_you_a_shoes?";
    private static final String VERSIONS = "PLUGIN_PROTOCOL_VERSIONS";
    private static final String OURS = "1";

    /** Of go-plugin itself. */
    private static final int CORE_VERSION = 1;

    private static final int LAST_PORT = 65_535;

    /** @throws MayflyException {@code USAGE} when nobody who speaks this protocol has started it */
    static Handshake of(Map<String, String> environment) {
        if (!COOKIE_VALUE.equals(environment.get(COOKIE))) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "this command is a plugin, and nobody but myshoes starts it",
                    COOKIE + " is not what myshoes sets",
                    "give myshoes a plugin file: mayfly fleet plugin --write FILE");
        }
        String versions = environment.getOrDefault(VERSIONS, OURS);
        if (!java.util.List.of(versions.split(",", -1)).contains(OURS)) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "the host wants another version of the plugin's protocol",
                    "it speaks " + versions + ", and this plugin " + OURS,
                    "use myshoes 1.19 or one that still speaks version " + OURS);
        }
        if (!environment.getOrDefault("PLUGIN_CLIENT_CERT", "").isEmpty()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "the host wants TLS to its plugin (AutoMTLS)",
                    "myshoes does not, and this plugin does not speak it; the connection is on loopback only",
                    "start it with a host that does not set PLUGIN_CLIENT_CERT");
        }
        return new Handshake(port(environment, "PLUGIN_MIN_PORT"), port(environment, "PLUGIN_MAX_PORT"));
    }

    private static int port(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .filter(text -> text.matches("[0-9]{1,5}"))
                .map(Integer::parseInt)
                .filter(port -> port <= LAST_PORT)
                .orElse(0);
    }

    /** The first line on stdout; the host waits a minute for it and reads nothing before. */
    static String line(int port) {
        return CORE_VERSION + "|" + OURS + "|tcp|127.0.0.1:" + port + "|grpc";
    }
}
