package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Templates as their users meet them. That one can be built is shown where machines are made of it. */
class FleetTemplateIT {
    @TempDir
    Path temp;

    private Ended template(String... words) {
        List<String> all = new ArrayList<>(List.of("fleet", "template"));
        all.addAll(List.of(words));
        return Program.mayfly(temp.resolve("home"), all.toArray(String[]::new)).run();
    }

    private String done(String... words) {
        Ended ended = template(words);
        assertThat(ended.exitCode()).as(ended.err()).isZero();
        return ended.out();
    }

    @Test
    void a_folder_is_imported_listed_checked_found_changed_and_removed() throws IOException {
        Path mac = Files.createDirectory(temp.resolve("macos-26"));
        Files.writeString(mac.resolve("Disk.img"), "disk");
        Files.writeString(mac.resolve("AuxiliaryStorage"), "boot");
        assertThat(done("import", mac.toString(), "--name", "macos")).contains("template macos is imported, sha256:");
        assertThat(done("ls")).contains("macos");
        assertThat(done("ls", "--json")).contains("\"saved\": 0", "\"ssh_user\": \"runner\"");
        assertThat(done("verify", "macos")).contains("is as it was made");

        Path disk = temp.resolve("home/fleet/templates/macos/Disk.img");
        assertThat(Files.getPosixFilePermissions(disk)).isEqualTo(PosixFilePermissions.fromString("r--r--r--"));
        Files.setPosixFilePermissions(disk, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(disk, "changed");
        Ended changed = template("verify", "macos");
        assertThat(changed.exitCode()).isNotZero();
        assertThat(changed.err()).contains("error MF-8103", "its digest is", "fix: ");

        assertThat(template("import", mac.toString(), "--name", "macos").err()).contains("take another name");
        assertThat(done("rm", "macos")).contains("template macos is removed");
        Ended missing = template("verify", "macos");
        assertThat(missing.exitCode()).isEqualTo(69);
        assertThat(missing.err()).contains("there is no template macos", "mayfly fleet template build");
    }
}
