package dev.mayfly.fleet.ssh;

import dev.mayfly.fleet.api.Address;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;

/** Logs in and runs one command. Safe for concurrent use. */
public final class SshDoor implements AutoCloseable {
    private static final int MOST_OUTPUT = 1 << 20;
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
        client.start();
        return new SshDoor(client);
    }

    private static boolean isPinned(ClientSession session, SocketAddress remote, PublicKey key) {
        AttributeRepository context = session.getConnectionContext();
        String pinned = context == null ? null : context.getAttribute(PINNED);
        return pinned != null
                && !pinned.isEmpty()
                && PublicKeyEntry.toString(key).equals(pinned);
    }

    /**
     * @param address with the host key that the server must show; without one nobody is let in
     * @param input what the command reads; never part of the command, because that can be seen by others
     * @throws IOException when nobody answers, the key is another, or time is over
     */
    public SshResult run(Address address, String user, LoginKey key, String command, String input, Duration time)
            throws IOException {
        AttributeRepository context = AttributeRepository.ofKeyValuePair(PINNED, address.hostKey());
        try (ClientSession session = client.connect(user, address.host(), address.port(), context, null)
                .verify(time)
                .getSession()) {
            session.addPublicKeyIdentity(key.pair());
            session.auth().verify(time);
            Capped output = new Capped();
            try (ChannelExec channel = session.createExecChannel(command)) {
                channel.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
                channel.setOut(output);
                channel.setErr(output);
                channel.open().verify(time);
                Set<ClientChannelEvent> seen = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), time);
                Integer exit = channel.getExitStatus();
                if (seen.contains(ClientChannelEvent.TIMEOUT) || exit == null) {
                    throw new IOException("the command did not end within " + time.toSeconds() + " s");
                }
                return new SshResult(exit, output.text());
            }
        } catch (IllegalStateException e) {
            // The library's word for a client that was stopped while somebody came through.
            throw new IOException("the door was closed", e);
        }
    }

    @Override
    public void close() {
        client.stop();
    }

    /** Keeps the beginning; a command that floods must not fill the memory of its host. */
    private static final class Capped extends OutputStream {
        private final byte[] kept = new byte[MOST_OUTPUT];
        private int length;

        @Override
        public synchronized void write(int value) {
            if (length < MOST_OUTPUT) {
                kept[length++] = (byte) value;
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int count) {
            int taken = Math.min(count, MOST_OUTPUT - length);
            System.arraycopy(bytes, offset, kept, length, taken);
            length += taken;
        }

        synchronized String text() {
            return new String(kept, 0, length, StandardCharsets.UTF_8);
        }
    }
}
