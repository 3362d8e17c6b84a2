package dev.mayfly.env.runtime;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers entrances that ask for their plan: {@code mayfly-enter --ask}. An entrance executes its plan as the user who started
 * it, so an answer gives nobody rights. Each has a virtual thread.
 */
public final class Reception implements AutoCloseable {
    private static final int BACKLOG = 1024;

    private final ServerSocketChannel listener;
    private final Desk desk;
    private final Log log;
    private final Set<SocketChannel> guests = ConcurrentHashMap.newKeySet();

    /** Who knows what is to be run. */
    public interface Desk {
        /**
         * @return empty when the command line is to be done without us
         * @throws MayflyException when it cannot be done
         */
        Optional<Guest> admit(Asked asked);
    }

    /** One runtime that is about to start. */
    public interface Guest extends AutoCloseable {
        Prepared prepared();

        void entered(Keeper keeper);

        /** Called in any case, also after {@link #entered}. */
        @Override
        void close();
    }

    private Reception(ServerSocketChannel listener, Desk desk, Log log) {
        this.listener = listener;
        this.desk = desk;
        this.log = log;
    }

    /** @param socket not there yet, in a folder that only this user may enter */
    public static Reception open(Path socket, Desk desk, Log log) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(socket), BACKLOG);
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        Reception reception = new Reception(listener, desk, log);
        Thread.ofVirtual().name("env-reception").start(reception::accept);
        return reception;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                SocketChannel guest = listener.accept();
                guests.add(guest);
                Thread.ofVirtual().name("env-entrance").start(() -> serve(guest));
            } catch (IOException e) {
                if (listener.isOpen()) {
                    log.warn().with("why", e).log("an entrance could not be let in");
                }
            }
        }
    }

    private void serve(SocketChannel socket) {
        try (EntranceChannel channel = new EntranceChannel(socket)) {
            Optional<Asked> asked = Asked.read(Channels.newInputStream(socket));
            if (asked.isEmpty()) {
                channel.send(EnterPlan.elsewhere());
            } else {
                answer(asked.get(), channel);
            }
        } catch (EOFException e) {
            // It only looked whether somebody is here.
        } catch (IOException e) {
            log.debug().with("why", e).log("an entrance has gone");
        } finally {
            guests.remove(socket);
        }
    }

    private void answer(Asked asked, EntranceChannel channel) throws IOException {
        try {
            check(asked);
            Optional<Guest> admitted = desk.admit(asked);
            if (admitted.isEmpty()) {
                channel.send(EnterPlan.elsewhere());
                return;
            }
            try (Guest guest = admitted.get()) {
                follow(guest, channel);
            }
        } catch (MayflyException e) {
            log.warn()
                    .with("env_spec", asked.spec())
                    .with("code", e.code().label())
                    .with("what", e.what())
                    .with("why", e.why())
                    .log("a runtime was refused");
            channel.send(EnterPlan.refusal(e.code().exitCode().number(), e.render()));
        } catch (RuntimeException e) {
            log.error().with("env_spec", asked.spec()).cause(e).log("a runtime failed unexpectedly");
            channel.send(EnterPlan.elsewhere());
        }
    }

    private static void check(Asked asked) {
        if (!asked.protocol().equals(Asked.PROTOCOL)) {
            throw new MayflyException(
                    ErrorCode.ENV_SERVICE_SKEW,
                    "the service of environments is of another version than this program",
                    "the program speaks version " + asked.protocol() + " of the protocol, the service version "
                            + Asked.PROTOCOL,
                    "mayfly env service stop && mayfly env service start   # what runs in environments goes on");
        }
    }

    private static void follow(Guest guest, EntranceChannel channel) throws IOException {
        Prepared prepared = guest.prepared();
        Path target = prepared.target();
        channel.send(prepared.plan());
        String line = channel.line().orElse("");
        Optional<Keeper> keeper = Optional.of(line)
                .filter(text -> text.startsWith("entered "))
                .flatMap(text -> Keeper.parse(text.substring("entered ".length())));
        if (keeper.isEmpty()) {
            throw EnterFailure.of(line, target);
        }
        prepared.started();
        guest.entered(keeper.get());
    }

    /** Entrances that have their plan go on; those that wait for one do without us. */
    @Override
    public void close() {
        try {
            listener.close();
            for (SocketChannel guest : guests) {
                guest.close();
            }
        } catch (IOException e) {
            log.warn().with("why", e).log("the reception did not close");
        }
    }
}
