package dev.mayfly.fleet.backend.vz;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.guest.RunnerWatch;
import dev.mayfly.fleet.guest.Seed;
import dev.mayfly.fleet.guest.http.HttpGuest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;

/** A guest without a machine: reads its seed, takes SSH with the key in it, and runs commands in a folder of its own. */
final class PlayedGuest implements PlayedFramework.Guest {
    private final SshServer server = SshServer.setUpDefaultServer();
    private final RunnerWatch watch;
    private final HttpGuest agent;
    private final Thread announcing;

    private PlayedGuest(Seed seed, Path folder) throws IOException {
        KeyPair hostKey = hostKey();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator((_, key, _) -> seed.key().startsWith(PublicKeyEntry.toString(key)));
        server.setCommandFactory((_, command) -> new Shell(command.replace("/run/mayfly", folder + "/work")));
        server.start();
        watch = RunnerWatch.start(folder, Log.off());
        String[] host = seed.agent().split(":", 2);
        agent = HttpGuest.open(
                seed,
                new InetSocketAddress(host[0], Integer.parseInt(host[1])),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new HttpGuest.Door(PublicKeyEntry.toString(hostKey.getPublic()), server.getPort()),
                watch,
                Log.off());
        announcing = Thread.ofPlatform().daemon().start(() -> {
            try {
                agent.announce();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static KeyPair hostKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    static PlayedGuest boot(Path disk, Path seed) throws IOException {
        return new PlayedGuest(Seed.read(seed), Files.createDirectory(disk.resolveSibling("guest")));
    }

    /** Runs it by the shell of this machine. */
    private static final class Shell extends AbstractCommandSupport {
        Shell(String command) {
            super(command, null);
        }

        @Override
        public void run() {
            try {
                Process process = new ProcessBuilder("sh", "-c", getCommand())
                        .redirectErrorStream(true)
                        .start();
                Thread input = Thread.ofPlatform().daemon().start(() -> pipe(process));
                try (InputStream out = process.getInputStream()) {
                    out.transferTo(getOutputStream());
                }
                getOutputStream().flush();
                int code = process.waitFor();
                input.interrupt();
                onExit(code);
            } catch (IOException | InterruptedException e) {
                onExit(255, String.valueOf(e.getMessage()));
            }
        }

        private void pipe(Process process) {
            try (OutputStream in = process.getOutputStream()) {
                in.write(getInputStream().readAllBytes());
            } catch (IOException e) {
                onExit(255, new String(new byte[0], StandardCharsets.UTF_8));
            }
        }
    }

    @Override
    public void close() {
        announcing.interrupt();
        agent.close();
        watch.close();
        try {
            server.stop(true);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
