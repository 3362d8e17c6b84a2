package dev.mayfly.mesh.rpc;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Certificates, as PEM files. With an authority of others, the other side must show a certificate of it.
 *
 * @param certificate our own, and those between it and the authority
 * @param others the authority that signs those of the other side; a client without one trusts those of this machine
 */
public record Tls(Optional<Path> certificate, Optional<Path> key, Optional<Path> others) {
    public Tls {
        if (certificate.isPresent() != key.isPresent()) {
            throw new IllegalArgumentException("a certificate and its key go together");
        }
    }
}
