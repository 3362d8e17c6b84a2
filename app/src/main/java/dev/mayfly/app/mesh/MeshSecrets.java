package dev.mayfly.app.mesh;

import dev.mayfly.app.SettingKeys;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.secret.Token;
import dev.mayfly.rpc.Tls;
import java.util.Optional;

/** What controller and agents of one mesh know of each other. */
record MeshSecrets(Optional<Token> token, Tls tls) {
    static MeshSecrets ofController(Config config) {
        return new MeshSecrets(token(config), SettingKeys.MESH_TLS.ofServer(config));
    }

    static MeshSecrets ofClient(Config config) {
        return new MeshSecrets(token(config), SettingKeys.MESH_TLS.ofClient(config));
    }

    private static Optional<Token> token(Config config) {
        return config.find(SettingKeys.MESH_TOKEN).map(Token::new);
    }

    /** Whether a controller lets in only whom it knows. */
    boolean closed() {
        return token.isPresent() || tls.asksClients();
    }
}
