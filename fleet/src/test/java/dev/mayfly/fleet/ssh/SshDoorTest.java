package dev.mayfly.fleet.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.fleet.api.Address;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshDoorTest {
    private static final Duration TIME = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final LoginKey ours = LoginKey.fresh();
    private final KeyPair hostKey = LoginKey.fresh().pair();
    private final SshServer server = SshServer.setUpDefaultServer();
    private final SshDoor door = SshDoor.open();

    /** Says what it was told to do and what it was given, and ends with 3. */
    private static final class Echo extends AbstractCommandSupport {
        Echo(String command) {
            super(command, null);
        }

        @Override
        public void run() {
            try {
                OutputStream out = getOutputStream();
                out.write((getCommand() + ":").getBytes(StandardCharsets.UTF_8));
                out.write(getInputStream().readAllBytes());
                out.flush();
                onExit(3);
            } catch (IOException e) {
                onExit(99, e.getMessage());
            }
        }
    }

    @BeforeEach
    void listen() throws IOException {
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator((user, key, session) ->
                user.equals("root") && KeyUtils.compareKeys(key, ours.pair().getPublic()));
        server.setCommandFactory((channel, command) -> new Echo(command));
        server.start();
    }

    @AfterEach
    void close() throws IOException {
        door.close();
        server.stop(true);
    }

    private Address address(KeyPair pinned) {
        return new Address("127.0.0.1", server.getPort(), PublicKeyEntry.toString(pinned.getPublic()));
    }

    @Test
    void a_command_is_given_its_input_and_tells_its_exit_code() throws IOException {
        SshResult result = door.run(address(hostKey), "root", ours, "do this", "with that", TIME);
        assertThat(result).isEqualTo(new SshResult(3, "do this:with that"));
    }

    @Test
    void a_host_with_another_key_or_none_that_is_known_is_not_spoken_to() {
        Address other = address(LoginKey.fresh().pair());
        assertThatThrownBy(() -> door.run(other, "root", ours, "x", "", TIME)).isInstanceOf(IOException.class);
        Address unknown = new Address("127.0.0.1", server.getPort(), "");
        assertThatThrownBy(() -> door.run(unknown, "root", ours, "x", "", TIME)).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void of_several_host_keys_the_pinned_one_is_asked_for(int which) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        List<KeyPair> keys = List.of(hostKey, generator.generateKeyPair());
        server.setKeyPairProvider(KeyPairProvider.wrap(keys));
        assertThat(door.run(address(keys.get(which)), "root", ours, "x", "", TIME)
                        .exitCode())
                .isEqualTo(3);
    }

    @Test
    void another_login_key_is_of_no_use() {
        assertThatThrownBy(() -> door.run(address(hostKey), "root", LoginKey.fresh(), "x", "", TIME))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_key_that_was_saved_opens_the_same_door() throws IOException {
        ours.save(folder);
        LoginKey loaded = LoginKey.load(folder);
        assertThat(loaded.line()).isEqualTo(ours.line());
        assertThat(door.run(address(hostKey), "root", loaded, "x", "", TIME).exitCode())
                .isEqualTo(3);
    }
}
