package dev.mayfly.app.mesh;

import dev.mayfly.app.SettingKeys;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.mesh.rpc.Tls;
import java.nio.file.Path;
import java.util.Optional;

/** What controller and agents of one mesh know of each other. */
record MeshSecrets(Optional<Token> token, Optional<Tls> tls) {
    static MeshSecrets of(Config config) {
        Optional<Path> certificate = config.find(SettingKeys.MESH_TLS_CERTIFICATE);
        Optional<Path> key = config.find(SettingKeys.MESH_TLS_KEY);
        Optional<Path> authority = config.find(SettingKeys.MESH_TLS_AUTHORITY);
        if (certificate.isPresent() != key.isPresent()) {
            throw new MayflyException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the certificates of the mesh are not whole",
                    "mesh.tls-certificate and mesh.tls-key go together",
                    "set both, or none");
        }
        boolean any = certificate.isPresent() || authority.isPresent();
        return new MeshSecrets(
                config.find(SettingKeys.MESH_TOKEN).map(Token::new),
                any ? Optional.of(new Tls(certificate, key, authority)) : Optional.empty());
    }

    boolean closed() {
        return token.isPresent() || tls.flatMap(Tls::others).isPresent();
    }
}
