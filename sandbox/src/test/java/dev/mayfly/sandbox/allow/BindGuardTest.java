package dev.mayfly.sandbox.allow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindGuardTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/**", "/proc/**", "/sys/kernel/**", "/dev/null", "/etc/passwd", "/root/**", "/run/docker.sock",
                "/var/run/**", "/var/**", "/var/lib/docker/**", "/var/lib/**", "/usr/lib/**", "/home/**",
                        "/home/anna/**",
                "/home/anna/.ssh/**", "/srv/x/.aws/credentials", "/srv/docker.sock", "/Users/anna/**"
            })
    void dangerous_places_are_refused_by_their_text(String text) {
        assertThat(BindGuard.objection(FsPattern.parse(text))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/data/**",
                "/srv/models/**",
                "/home/anna/project/**",
                "/var/cache/x/**",
                "/opt/tool",
                "/etcetera/**"
            })
    void other_places_are_not(String text) {
        assertThat(BindGuard.objection(FsPattern.parse(text))).isEmpty();
    }

    private BindGuard.Admission admit(Path path, boolean subtree) {
        return new BindGuard(folder.resolve("state")).admit(List.of(wanted(path, subtree, path)));
    }

    private static WantedBind wanted(Path path, boolean subtree, Path within) {
        return new WantedBind(new FsPattern(path.toString(), subtree), true, new FsPattern(within.toString(), true));
    }

    @Test
    void a_link_that_a_job_may_have_made_does_not_lead_out_of_what_the_policy_gives() throws Exception {
        Path given = Files.createDirectory(folder.resolve("given"));
        Path other = Files.createDirectories(folder.resolve("given-not/secret"));
        Files.createSymbolicLink(given.resolve("link"), other);
        BindGuard guard = new BindGuard(folder.resolve("state"));
        for (String asked : List.of("link", "link/../secret")) {
            assertThat(guard.admit(List.of(wanted(given.resolve(asked), true, given)))
                            .objections())
                    .singleElement()
                    .asString()
                    .contains("out of");
        }
        Path inside = Files.createDirectory(given.resolve("inside"));
        Files.createSymbolicLink(given.resolve("fine"), inside);
        assertThat(guard.admit(List.of(wanted(given.resolve("fine"), true, given)))
                        .objections())
                .isEmpty();
    }

    @Test
    void the_outermost_place_that_jobs_may_write_to_holds_all_that_is_shown_in_it() {
        FsRules rules = new FsRules(
                List.of(FsPattern.parse("/srv/shared/a/**"), FsPattern.parse("/srv/shared/**")),
                List.of(FsPattern.parse("/srv/shared/a/fixed/**"), FsPattern.parse("/opt/tool")));
        assertThat(rules.binds(List.of(FsPattern.parse("/srv/shared/a/b/**"))))
                .extracting(bind -> bind.place() + " in " + bind.within())
                .containsExactly(
                        "/opt/tool in /opt/tool",
                        "/srv/shared/a/b/** in /srv/shared/**",
                        "/srv/shared/a/fixed/** in /srv/shared/**");
    }

    @Test
    void a_folder_and_a_file_are_admitted_by_their_real_path() throws Exception {
        Path real = Files.createDirectory(folder.toRealPath().resolve("data"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        assertThat(admit(link, true).objections()).isEmpty();
        assertThat(admit(link, true).binds()).singleElement().satisfies(bind -> {
            assertThat(bind.host()).isEqualTo(real);
            assertThat(bind.target()).isEqualTo(link.toString());
            assertThat(bind.writable()).isTrue();
        });
        Path file = Files.writeString(real.resolve("file"), "x");
        assertThat(admit(file, false).objections()).isEmpty();
    }

    @Test
    void a_link_that_leads_to_a_dangerous_place_is_refused() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc"));
        assertThat(admit(link, true).objections()).singleElement().asString().contains("leads to", "/etc");
        Path root = Files.createSymbolicLink(folder.resolve("root"), Path.of("/"));
        assertThat(admit(root, true).objections()).singleElement().asString().contains("root folder");
    }

    @Test
    void the_state_folder_its_parents_and_children_are_refused() throws Exception {
        Path inside = Files.createDirectories(folder.resolve("state/run"));
        assertThat(admit(inside, true).objections()).singleElement().asString().contains("state folder");
        assertThat(admit(folder.resolve("state"), true).objections()).hasSize(1);
        assertThat(admit(folder, true).objections()).hasSize(1);
    }

    @Test
    void missing_things_sockets_and_the_wrong_kind_are_refused() throws Exception {
        assertThat(admit(folder.resolve("nothing"), true).objections())
                .singleElement()
                .asString()
                .contains("no such file");
        Path data = Files.createDirectory(folder.resolve("data"));
        assertThat(admit(data, false).objections()).singleElement().asString().contains("/**");
        Path socket = folder.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            assertThat(admit(socket, false).objections())
                    .singleElement()
                    .asString()
                    .contains("neither");
        }
    }
}
