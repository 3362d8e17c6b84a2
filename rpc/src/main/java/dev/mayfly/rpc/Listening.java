package dev.mayfly.rpc;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Servers that begin to listen. */
public final class Listening {
    private Listening() {}

    /**
     * @param what is served, for the error
     * @throws MayflyException {@code LISTEN_FAILED}
     */
    public static Server start(ServerBuilder<?> builder, String what, InetSocketAddress at) {
        try {
            return builder.build().start();
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.LISTEN_FAILED,
                    what + " cannot be served at " + at,
                    Optional.ofNullable(e.getCause()).map(Throwable::getMessage).orElse(String.valueOf(e.getMessage())),
                    "choose another address with --listen, or end what listens there",
                    e);
        }
    }
}
