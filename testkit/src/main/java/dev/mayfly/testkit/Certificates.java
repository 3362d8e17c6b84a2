package dev.mayfly.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An authority and what it has signed for {@code localhost}, made by openssl(1), good for two days. */
public record Certificates(Path folder) {
    public static Certificates make(Path folder, String... names) throws IOException, InterruptedException {
        var _ = Needs.command("openssl");
        Files.createDirectories(folder);
        Certificates made = new Certificates(folder);
        made.openssl("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=authority");
        for (String name : names) {
            made.openssl("req -newkey rsa:2048 -nodes -keyout " + name + ".key -out " + name
                    + ".csr -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1");
            made.openssl("x509 -req -in " + name + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial"
                    + " -copy_extensions copyall -days 2 -out " + name + ".pem");
        }
        return made;
    }

    public Path authority() {
        return folder.resolve("ca.pem");
    }

    public Path certificate(String name) {
        return folder.resolve(name + ".pem");
    }

    public Path key(String name) {
        return folder.resolve(name + ".key");
    }

    private void openssl(String words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words.split(" ", -1)));
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }
}
