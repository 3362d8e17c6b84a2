package dev.mayfly.sandbox.bwrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.Boxes;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.HostBind;
import dev.mayfly.sandbox.cgroup.CgroupLayout;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.slot.SeccompFilters;
import dev.mayfly.sandbox.slot.SlotSettings;
import dev.mayfly.sandbox.slot.UidRange;
import dev.mayfly.testkit.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody exchanges a granted place at the worst moment: after it was looked at, before bubblewrap binds it. */
@Timeout(120)
class PinnedBindsTest {
    /** Stands where bwrap is expected, does something first, and is then bwrap. */
    private static final String MEDDLER = """
            #!/bin/sh
            %s
            exec %s "$@"
            """;

    @TempDir
    private Path temp;

    private Path host;
    private Path secret;
    private CgroupTree groups;

    @BeforeEach
    void makePlaces() throws Exception {
        Needs.linux();
        Needs.root();
        Needs.command("bwrap");
        Files.setPosixFilePermissions(temp, PosixFilePermissions.fromString("rwxr-xr-x"));
        host = open(Files.createDirectory(temp.toRealPath().resolve("host")));
        open(Files.createDirectory(host.resolve("place")));
        Files.writeString(host.resolve("place/note"), "granted\n");
        secret = open(Files.createDirectory(temp.toRealPath().resolve("secret")));
        Files.writeString(secret.resolve("note"), "secret\n");
        groups = CgroupTree.open(CgroupLayout.detect(Path.of("/")), InstanceId.current());
    }

    @AfterEach
    void closeGroups() {
        if (groups != null) {
            groups.close();
        }
    }

    private static Path open(Path folder) throws Exception {
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    private Backend meddledWith(String meddling) throws Exception {
        InstanceId self = InstanceId.current();
        SlotSettings settings = new SlotSettings(temp.resolve("run"), 1, UidRange.DEFAULT_BASE, Duration.ofSeconds(30));
        Optional<UidRange> uids = UidRange.of(settings, self);
        BwrapTools real = BwrapTools.find(Path.of("/"), true);
        Path meddler = Files.writeString(
                temp.resolve("bwrap"), MEDDLER.formatted(meddling.replace("HOST", "" + host), real.bwrap()));
        Files.setPosixFilePermissions(meddler, PosixFilePermissions.fromString("rwxr-xr-x"));
        BwrapTools tools = new BwrapTools(
                meddler,
                real.shell(),
                real.env(),
                real.stat(),
                real.setpriv(),
                real.unshare(),
                real.mount(),
                real.umount());
        return BwrapBackend.open(settings, groups, SeccompFilters.ofThisMachine(), self, uids, tools);
    }

    private Boxes job() {
        return Boxes.sh("cat /data/place/note; touch /data/place/been-here")
                .bind(new HostBind(host.resolve("place"), "/data/place", true));
    }

    @Test
    void a_place_that_stays_is_given_and_the_job_holds_no_descriptor_of_ours() throws Exception {
        try (Backend backend = meddledWith("")) {
            Execution execution = backend.run(job().spec());
            assertThat(new String(execution.stdout().head(), StandardCharsets.UTF_8))
                    .isEqualTo("granted\n");
            assertThat(host.resolve("place/been-here")).exists();
            for (Boxes box : new Boxes[] {
                Boxes.argv("ls", "/proc/self/fd"),
                Boxes.argv("ls", "/proc/self/fd").bind(new HostBind(host.resolve("place"), "/data/place", true))
            }) {
                String open = new String(backend.run(box.spec()).stdout().head(), StandardCharsets.UTF_8);
                assertThat(open.lines()).containsExactly("0", "1", "2", "3"); // the last is that of ls itself
            }
        }
    }

    @Test
    void a_link_swapped_in_after_the_look_stops_the_run_before_its_first_line() throws Exception {
        try (Backend backend = meddledWith("mv HOST/place HOST/away; ln -s ../secret HOST/place")) {
            assertThatThrownBy(() -> backend.run(job().spec())).isInstanceOfSatisfying(MayflyException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.SANDBOX_SETUP);
                assertThat(e.what()).contains("changed while its box was made");
                assertThat(e.why()).contains("/data/place");
            });
        }
        assertThat(secret.resolve("been-here")).doesNotExist();
    }

    @Test
    void another_folder_of_the_same_name_stops_it_too() throws Exception {
        try (Backend backend = meddledWith("mv HOST/place HOST/away; mkdir HOST/place")) {
            assertThatThrownBy(() -> backend.run(job().spec())).hasMessageContaining("changed while its box was made");
        }
        assertThat(host.resolve("place/been-here")).doesNotExist();
    }

    @Test
    void a_link_that_stands_there_already_is_not_followed() throws Exception {
        Files.createSymbolicLink(host.resolve("link"), secret);
        try (Backend backend = meddledWith("")) {
            Boxes job = Boxes.sh("touch /data/place/been-here")
                    .bind(new HostBind(host.resolve("link"), "/data/place", true));
            assertThatThrownBy(() -> backend.run(job.spec()))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.why()).contains("ELOOP"));
        }
        assertThat(secret.resolve("been-here")).doesNotExist();
    }

    @Test
    void the_slot_is_used_again_after_such_a_run() throws Exception {
        Path once = host.resolve("once");
        try (Backend backend = meddledWith("[ -e " + once + " ] || { touch " + once
                + "; mv HOST/place HOST/away; ln -s ../secret HOST/place; }")) {
            assertThatThrownBy(() -> backend.run(job().spec())).isInstanceOf(MayflyException.class);
            Execution next = backend.run(Boxes.sh("echo next").spec());
            assertThat(new String(next.stdout().head(), StandardCharsets.UTF_8)).isEqualTo("next\n");
        }
    }
}
