package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.Shutdown;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.env.server.RepositoryServer;
import dev.mayfly.env.server.ServerLimits;
import java.net.InetSocketAddress;

/** Lets other machines use the repository of this home. */
final class ServerOperations {
    private ServerOperations() {}

    static int serve(HandedWords words, EnvSession session) {
        InetSocketAddress at =
                Address.parse(words.text("--listen").orElse("127.0.0.1:7737")).resolved();
        var token = session.settings().config().find(SettingKeys.ENV_TOKEN).map(Token::new);
        if (token.isEmpty() && !at.getAddress().isLoopbackAddress() && !words.on("--open")) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "everybody who reaches " + at + " could change this repository",
                    "no token is configured, and the address is not only this machine's",
                    "set env.token (MAYFLY_ENV_TOKEN) here and for clients, or say --open");
        }
        try (RepositoryServer server = RepositoryServer.start(session.repository(), at, token, ServerLimits.USUAL)) {
            session.voice().result("mayfly env server is ready: " + at.getHostString() + ":" + server.port());
            Shutdown.await();
        }
        return ExitCode.GREEN.number();
    }
}
