package dev.mayfly.fleet.ssh;

import dev.mayfly.fleet.api.Address;
import java.io.IOException;
import java.net.SocketAddress;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.Signature;
import org.jspecify.annotations.Nullable;

/** Logs in and runs one command. Safe for concurrent use. */
public final class SshDoor implements AutoCloseable {
    private static final AttributeRepository.AttributeKey<String> PINNED = new AttributeRepository.AttributeKey<>();

    private final SshClient client;

    private SshDoor(SshClient client) {
        this.client = client;
    }

    public static SshDoor open() {
        SshClient client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier(SshDoor::isPinned);
        // Nothing of the user who runs this: no files of ~/.ssh, no keys, no passwords.
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setUserAuthFactoriesNames("publickey");
        client.addSessionListener(new SessionListener() {
            @Override
            public void sessionCreated(Session session) {
                askForPinned(session);
            }
        });
        client.start();
        return new SshDoor(client);
    }

    /** A server may have several host keys, and shows the one whose kind it is asked for first. */
    private static void askForPinned(Session session) {
        pinned(session).ifPresent(key -> {
            String kind = key.split(" ", 2)[0];
            List<NamedFactory<Signature>> ordered = new ArrayList<>(session.getSignatureFactories());
            ordered.sort(Comparator.comparing(
                    each -> !KeyUtils.getCanonicalKeyType(each.getName()).equals(kind)));
            session.setSignatureFactories(ordered);
        });
    }

    private static Optional<String> pinned(Session session) {
        AttributeRepository context = session instanceof ClientSession ours ? ours.getConnectionContext() : null;
        return context == null ? Optional.empty() : Optional.ofNullable(context.getAttribute(PINNED));
    }

    private static boolean isPinned(ClientSession session, SocketAddress remote, PublicKey key) {
        return pinned(session)
                .filter(pinned ->
                        !pinned.isEmpty() && PublicKeyEntry.toString(key).equals(pinned))
                .isPresent();
    }

    /**
     * @param address with the host key that the server must show; without one nobody is let in
     * @throws IOException when nobody answers, the key is another, or time is over
     */
    public SshSession login(Address address, String user, LoginKey key, Duration time) throws IOException {
        AttributeRepository context = AttributeRepository.ofKeyValuePair(PINNED, address.hostKey());
        ClientSession session = null;
        try {
            session = client.connect(user, address.host(), address.port(), context, null)
                    .verify(time)
                    .getSession();
            session.addPublicKeyIdentity(key.pair());
            session.auth().verify(time);
            return new SshSession(session);
        } catch (IOException e) {
            closeQuietly(session);
            throw e;
        } catch (IllegalStateException e) {
            closeQuietly(session);
            throw closed(e);
        }
    }

    private static void closeQuietly(@Nullable ClientSession session) {
        if (session != null) {
            session.close(true);
        }
    }

    /** The library's word for a client that was stopped while somebody came through. */
    static IOException closed(IllegalStateException e) {
        return new IOException("the door was closed", e);
    }

    /** Logs in, runs one command, and leaves. */
    public SshResult run(Address address, String user, LoginKey key, String command, String input, Duration time)
            throws IOException {
        try (SshSession session = login(address, user, key, time)) {
            return session.run(command, input, time);
        }
    }

    @Override
    public void close() {
        client.stop();
    }
}
