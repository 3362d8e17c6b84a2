package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.Shutdown;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.env.server.RepositoryServer;
import dev.mayfly.env.server.ServerLimits;
import dev.mayfly.rpc.Tls;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Lets other machines use the repository of this home. */
final class ServerOperations {
    private ServerOperations() {}

    static int serve(HandedWords words, EnvSession session) {
        InetSocketAddress at =
                Address.parse(words.text("--listen").orElse("127.0.0.1:7737")).resolved();
        Config config = session.settings().config();
        Optional<Token> token = config.find(SettingKeys.ENV_TOKEN).map(Token::new);
        Tls tls = SettingKeys.ENV_TLS.ofServer(config);
        if (token.isEmpty() && !tls.asksClients() && !at.getAddress().isLoopbackAddress() && !words.on("--open")) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "everybody who reaches " + at + " could change this repository",
                    "no token is configured, and the address is not only this machine's",
                    "set env.token (MAYFLY_ENV_TOKEN) here and for clients, or say --open");
        }
        SettingKeys.ENV_TLS.requireSecret(
                at, tls, words.on("--plaintext") || words.on("--open"), "the token, and what is copied");
        try (RepositoryServer server =
                RepositoryServer.start(session.repository(), at, token, tls, ServerLimits.USUAL)) {
            session.voice()
                    .result("mayfly env server is ready: " + at.getHostString() + ":" + server.port()
                            + (tls.own().isPresent() ? ", TLS" : ""));
            Shutdown.await();
        }
        return ExitCode.GREEN.number();
    }
}
