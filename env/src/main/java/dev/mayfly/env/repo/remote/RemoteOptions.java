package dev.mayfly.env.repo.remote;

import dev.mayfly.base.secret.Token;
import dev.mayfly.rpc.Tls;
import java.time.Duration;
import java.util.Optional;

/**
 * How to speak to a server.
 *
 * @param call how long a short question may take
 * @param stall how long a transfer may stand still
 * @param publish how long making everything durable may take
 * @param objectBytes of the largest object that is taken
 * @param resumptions how often one download goes on after the connection was lost
 */
public record RemoteOptions(
        Duration call,
        Duration stall,
        Duration publish,
        int objectBytes,
        int resumptions,
        Optional<Token> token,
        Tls tls) {
    public static final RemoteOptions USUAL = new RemoteOptions(
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofMinutes(10),
            256 << 20,
            3,
            Optional.empty(),
            Tls.NONE);

    public RemoteOptions with(Optional<Token> newToken, Tls newTls) {
        return new RemoteOptions(call, stall, publish, objectBytes, resumptions, newToken, newTls);
    }
}
