package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Controller and agents as their users meet them, over real cables of the kernel. */
class MeshDemoIT {
    @TempDir
    Path home;

    @BeforeEach
    void on_linux_as_root() {
        Needs.linux();
        Needs.root();
        Needs.command("unshare");
        Needs.command("nsenter");
        Needs.command("ip");
        Needs.command("nft");
    }

    private Program mesh(String... words) {
        List<String> all = new ArrayList<>(List.of("mesh"));
        all.addAll(Arrays.asList(words));
        return Program.mayfly(home, all.toArray(String[]::new));
    }

    /** Of all processes that there are. */
    private static Set<String> networks() throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path each : processes.toList()) {
                Path namespace = each.resolve("ns/net");
                try {
                    found.add(Files.readSymbolicLink(namespace).toString());
                } catch (IOException e) {
                    // Not a process, or one that has ended.
                }
            }
        }
        return found;
    }

    @Test
    void a_dead_link_of_a_fabric_is_found_and_nothing_is_left_behind() throws IOException {
        Set<String> before = networks();
        Ended ended = mesh("demo", "--faults", "dead-link", "--json").run();
        assertThat(ended.exitCode()).as(ended.out() + ended.err()).isZero();
        assertThat(ended.out())
                .contains("\"right\": 1", "\"done\": \"dead-link\"", "\"found\": \"cable of leaf L", "\"over\": true");
        Matcher located = Pattern.compile("\"located_seconds\": ([0-9.]+)").matcher(ended.out());
        assertThat(located.find()).isTrue();
        // On a quiet machine it takes 1.5 seconds; here everything else may run, too.
        assertThat(Double.parseDouble(located.group(1))).isLessThan(15);
        assertThat(networks()).isEqualTo(before);
    }

    @Test
    void a_fabric_of_ipv6_is_probed_its_paths_are_learned_and_a_fault_is_found() {
        Needs.that(Files.exists(Path.of("/proc/sys/net/ipv6")), "IPv6", "this kernel has none");
        Ended ended = mesh("demo", "--ipv6", "--faults", "one-way", "--json").run();
        assertThat(ended.exitCode()).as(ended.out() + ended.err()).isZero();
        assertThat(ended.out()).contains("\"right\": 1", "\"found\": \"leaf L", "\"over\": true");
    }

    @Test
    void what_cannot_be_is_said_before_anything_is_built() {
        Ended unknown = mesh("demo", "--faults", "earthquake").run();
        assertThat(unknown.exitCode()).isEqualTo(64);
        assertThat(unknown.err()).contains("there is no fault 'earthquake'").contains("dead-link");
        Ended open = mesh("controller", "--listen", "0.0.0.0:0").run();
        assertThat(open.exitCode()).isEqualTo(64);
        assertThat(open.err()).contains("MAYFLY_MESH_TOKEN");
        Ended nowhere = mesh("agent", "--address", "127.0.0.1").run();
        assertThat(nowhere.exitCode()).isEqualTo(64);
        assertThat(nowhere.err()).contains("--tor");
    }
}
