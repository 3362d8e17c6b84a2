package dev.mayfly.app;

import dev.mayfly.base.config.Config;
import dev.mayfly.base.config.Key;
import dev.mayfly.base.config.Types;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.rpc.Tls;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The settings for the certificates of one capability.
 *
 * @param group in front of their names, for example {@code fleet}
 */
public record TlsKeys(String group, Key<Path> cert, Key<Path> key, Key<Path> ca, Key<Path> clientCa) {
    static TlsKeys of(String group) {
        return new TlsKeys(
                group,
                Key.of(
                        group + ".tls-cert",
                        Types.path(),
                        "The certificate that this end shows, in PEM: needed by a server that others reach, shown by clients"
                                + " when asked."),
                Key.of(group + ".tls-key", Types.path(), "The key of that certificate, in PEM (PKCS #8)."),
                Key.of(
                        group + ".tls-ca",
                        Types.path(),
                        "For clients and agents: who must have signed the server's certificate; with neither this nor a"
                                + " certificate they speak no TLS."),
                Key.of(
                        group + ".tls-client-ca",
                        Types.path(),
                        "For the server: who must have signed the certificates of clients and agents; without it they need"
                                + " none."));
    }

    List<Key<?>> all() {
        return List.of(cert, key, ca, clientCa);
    }

    public Tls ofServer(Config config) {
        return new Tls(own(config), config.find(clientCa));
    }

    public Tls ofClient(Config config) {
        return new Tls(own(config), config.find(ca));
    }

    private Optional<Tls.Own> own(Config config) {
        Optional<Path> certificate = config.find(cert);
        Optional<Path> itsKey = config.find(key);
        if (certificate.isPresent() != itsKey.isPresent()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    cert.name() + " and " + key.name() + " belong together",
                    "only " + (itsKey.isPresent() ? "the key" : "the certificate") + " is named",
                    "name both, or neither");
        }
        return certificate.flatMap(named -> itsKey.map(file -> new Tls.Own(named, file)));
    }

    /**
     * Refuses to serve in the clear where others are on the way.
     *
     * @param what they could read
     * @param plaintext whether somebody said that this is meant
     */
    public void requireSecret(InetSocketAddress at, Tls server, boolean plaintext, String what) {
        if (server.own().isEmpty() && !plaintext && !at.getAddress().isLoopbackAddress()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "everybody on the way to " + at + " could read " + what,
                    "there is no certificate, and the address is not only this machine's",
                    "set " + cert.name() + " and " + key.name() + " (docs/" + group
                            + ".md), or say --plaintext in a network" + " that nobody else listens to");
        }
    }
}
