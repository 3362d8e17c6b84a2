package dev.mayfly.sandbox.choose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Boxes;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.SlotNetworks;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackendsTest {
    private final List<String> closed = new ArrayList<>();

    private final class Fake implements Backend {
        private final String name;
        private final LayerReport layer;

        Fake(String name, LayerReport layer) {
            this.name = name;
            this.layer = layer;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public List<LayerReport> layers() {
            return List.of(layer);
        }

        @Override
        public Execution run(BoxSpec spec) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            closed.add(name);
        }
    }

    private Backends.Candidate candidate(String name, String layer, LayerState state) {
        return new Backends.Candidate(name, () -> new Fake(name, new LayerReport(layer, true, state, "because")));
    }

    private static Backends.Candidate missing(String name) {
        return new Backends.Candidate(name, () -> {
            throw new MayflyException(
                    ErrorCode.SANDBOX_UNAVAILABLE, name + " is missing", "no file", "install " + name);
        });
    }

    @Test
    void the_first_that_works_is_taken_and_what_failed_before_it_is_said() throws Exception {
        Backends.Choice choice = Backends.choose(List.of(
                missing("native"),
                candidate("broken", "user-ns", LayerState.UNAVAILABLE),
                candidate("good", "landlock", LayerState.UNAVAILABLE),
                candidate("later", "rootfs", LayerState.ACTIVE)));
        assertThat(choice.backend().name()).isEqualTo("good");
        assertThat(choice.evidence())
                .containsExactly(
                        "native: native is missing, no file", "broken: user-ns is unavailable, because", "good: works");
        assertThat(closed).containsExactly("broken");
    }

    @Test
    void when_nothing_works_nothing_runs_and_every_fix_is_named() throws Exception {
        Backends.Choice choice = Backends.choose(
                List.of(missing("native"), missing("bwrap"), candidate("x", "backend", LayerState.UNAVAILABLE)));
        assertThat(choice.backend().name()).isEqualTo("unavailable");
        assertThat(choice.backend().layers())
                .singleElement()
                .satisfies(layer -> assertThat(layer.state()).isEqualTo(LayerState.UNAVAILABLE));
        assertThatThrownBy(() -> choice.backend().run(Boxes.sh("true").spec()))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SANDBOX_UNAVAILABLE);
                    assertThat(e.why()).contains("native is missing").contains("bwrap is missing");
                    assertThat(e.fix()).contains("install native").contains("install bwrap");
                });
    }

    @Test
    void other_operating_systems_have_no_backend_and_say_why(@TempDir Path state) throws Exception {
        for (String os : List.of("Mac OS X", "Windows 11", "FreeBSD")) {
            HostBackends host = new HostBackends(
                    new LauncherBinary.Found(Path.of("/bin/true"), "test"),
                    state,
                    1,
                    Duration.ZERO,
                    SlotNetworks.none("forced"),
                    os);
            Backends.Choice choice = host.choose(Preference.AUTO);
            assertThat(choice.backend().name()).isEqualTo("unavailable");
            assertThat(choice.evidence()).hasSize(2).allMatch(line -> line.contains(os));
        }
        assertThat(state).isEmptyDirectory();
    }

    @Test
    void an_unknown_backend_is_a_usage_error_that_lists_the_known_ones() {
        assertThat(Preference.of("bwrap")).isEqualTo(Preference.BWRAP);
        assertThatThrownBy(() -> Preference.of("docker"))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.fix()).contains("auto, native, bwrap, wasm"));
    }
}
