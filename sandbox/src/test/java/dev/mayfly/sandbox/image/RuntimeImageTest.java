package dev.mayfly.sandbox.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeImageTest {
    @TempDir
    private Path host;

    @TempDir
    private Path kept;

    @BeforeEach
    void makeHost() throws IOException {
        Files.createDirectories(host.resolve("usr/bin"));
        Files.createSymbolicLink(host.resolve("bin"), Path.of("usr/bin"));
        Files.createDirectory(host.resolve("lib64"));
        Path etc = Files.createDirectory(host.resolve("etc"));
        Files.writeString(etc.resolve("shadow"), "root:secret");
        Files.writeString(etc.resolve("passwd"), "alice:x:1000:1000::/home/alice:/bin/sh\n");
        Files.writeString(etc.resolve("hosts"), "10.0.0.1 internal\n");
        Files.writeString(etc.resolve("services"), "http 80/tcp\n");
        Files.write(etc.resolve("ld.so.cache"), new byte[] {0, 1, 0, 2});
        Files.createSymbolicLink(etc.resolve("localtime"), Path.of("/usr/share/zoneinfo/UTC"));
        Files.createDirectories(etc.resolve("ssl/certs"));
        Files.createDirectories(etc.resolve("ssl/private"));
        Files.writeString(etc.resolve("ssl/private/key.pem"), "secret");
        Files.createSymbolicLink(etc.resolve("ssl/certs/a.pem"), Path.of("/usr/share/a.pem"));
        Files.createDirectories(etc.resolve("java-21-openjdk/security"));
        Files.writeString(etc.resolve("java-21-openjdk/security/java.security"), "x=y\n");
        Path password = Files.writeString(etc.resolve("java-21-openjdk/jmxremote.password"), "secret");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
    }

    private RuntimeImage image() {
        return RuntimeImage.of(host, kept);
    }

    private static Path etc(RuntimeImage image) {
        return image.binds().stream()
                .filter(bind -> bind.target().equals("/etc"))
                .findFirst()
                .orElseThrow()
                .host();
    }

    @Test
    void links_of_the_root_stay_links_and_folders_become_binds() {
        RuntimeImage image = image();
        assertThat(image.links()).containsExactly(new RuntimeImage.Link("usr/bin", "/bin"));
        assertThat(image.binds()).extracting(RuntimeImage.Bind::target).containsExactly("/usr", "/lib64", "/etc");
    }

    @Test
    void nothing_that_names_the_host_or_its_secrets_is_in_the_prepared_etc() throws IOException {
        Path etc = etc(image());
        assertThat(etc.resolve("shadow")).doesNotExist();
        assertThat(etc.resolve("ssl/private")).doesNotExist();
        assertThat(etc.resolve("java-21-openjdk/jmxremote.password")).doesNotExist();
        assertThat(Files.readString(etc.resolve("passwd")))
                .doesNotContain("alice")
                .contains("mayfly:x:1000");
        assertThat(Files.readString(etc.resolve("hosts")))
                .doesNotContain("internal")
                .contains("localhost");
        assertThat(etc.resolve("resolv.conf")).hasContent("nameserver 127.0.0.53\noptions timeout:2 attempts:1");
    }

    @Test
    void what_programs_need_is_there_byte_for_byte() throws IOException {
        Path etc = etc(image());
        assertThat(Files.readAllBytes(etc.resolve("ld.so.cache"))).containsExactly(0, 1, 0, 2);
        assertThat(etc.resolve("services")).hasContent("http 80/tcp");
        assertThat(Files.readSymbolicLink(etc.resolve("ssl/certs/a.pem"))).isEqualTo(Path.of("/usr/share/a.pem"));
        assertThat(etc.resolve("java-21-openjdk/security/java.security")).hasContent("x=y");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(etc)))
                .isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(etc.resolve("java-21-openjdk"))))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void it_is_made_once_and_again_when_the_host_changes() throws IOException {
        Path first = etc(image());
        FileTime made = Files.getLastModifiedTime(first);
        assertThat(etc(image())).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(first)).isEqualTo(made);
        Files.writeString(host.resolve("etc/services"), "http 80/tcp\nother 1/tcp\n");
        assertThat(etc(image())).isNotEqualTo(first);
        try (var entries = Files.list(kept)) {
            assertThat(entries.filter(path -> path.getFileName().toString().startsWith("etc-building")))
                    .isEmpty();
        }
    }

    /** Certificates have such names, and a service without a locale reads them as ASCII. */
    @Test
    void a_name_that_is_no_text_here_is_copied_byte_for_byte() throws Exception {
        Path certs = host.resolve("etc/ssl/certs");
        shell("printf x >\"$(printf 'Tan\\303\\272s\\377.pem')\"", certs);
        Path copied = image().binds().stream()
                .filter(bind -> bind.target().equals("/etc"))
                .map(bind -> bind.host().resolve("ssl/certs"))
                .findFirst()
                .orElseThrow();
        assertThat(shell("ls | od -An -c", copied))
                .isEqualTo(shell("ls | od -An -c", certs))
                .contains("377");
    }

    private static String shell(String command, Path folder) throws Exception {
        Process process = new ProcessBuilder("sh", "-c", command)
                .directory(folder.toFile())
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(process.waitFor()).isZero();
        return said;
    }
}
