package dev.mayfly.app.env.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.env.fuse.FuseSupport;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.probe.Capability;
import dev.mayfly.platform.probe.CapabilityState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvDoctorTest {
    private static final LauncherBinary ENTER =
            new LauncherBinary.Found(Path.of("/x/mayfly-enter"), "beside the program");
    private static final Capability EROFS = new Capability("erofs", CapabilityState.ACTIVE, "mounted", "");
    private static final Capability NO_EROFS =
            new Capability("erofs", CapabilityState.UNAVAILABLE, "ENODEV", "modprobe erofs");
    private static final FuseSupport NO_FUSE =
            new FuseSupport.Lacking(ErrorCode.FUSE_MISSING, "there is no /dev/fuse", "no module", "modprobe fuse");

    @TempDir
    Path temp;

    private record Machine(LauncherBinary enter, Capability erofs, FuseSupport fuse, Path mountPoint)
            implements EnvDoctor.EnvProbes {}

    private List<Capability> rows(LauncherBinary enter, Capability erofs, FuseSupport fuse, Path point) {
        return new EnvDoctor(new Machine(enter, erofs, fuse, point)).examine();
    }

    private static Capability row(List<Capability> rows, String name) {
        return rows.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void where_all_is_there_erofs_is_chosen_and_nothing_is_to_be_mended() {
        List<Capability> rows = rows(ENTER, EROFS, new FuseSupport.Available(), temp);
        assertThat(rows.stream().map(Capability::name))
                .containsExactly("env-enter", "env-erofs", "env-fuse", "env-front-end", "env-mount-point");
        assertThat(rows).allSatisfy(each -> {
            assertThat(each.state()).isEqualTo(CapabilityState.ACTIVE);
            assertThat(each.fix()).isEmpty();
        });
        assertThat(row(rows, "env-front-end").evidence()).startsWith("erofs: ");
    }

    @Test
    void without_erofs_fuse_is_chosen_and_without_both_a_copy_and_the_row_names_what_a_better_one_needs() {
        Capability chosen = row(rows(ENTER, NO_EROFS, new FuseSupport.Available(), temp), "env-front-end");
        assertThat(chosen.state()).isEqualTo(CapabilityState.ACTIVE);
        assertThat(chosen.evidence()).startsWith("fuse: ").contains("needs env-erofs");
        Capability copied = row(rows(ENTER, NO_EROFS, NO_FUSE, temp), "env-front-end");
        assertThat(copied.evidence()).startsWith("render: ").contains("env-erofs", "env-fuse");
    }

    @Test
    void the_first_cause_is_the_one_whose_fix_is_told() {
        LauncherBinary missing = new LauncherBinary.Missing("not built", "install gcc");
        List<Capability> rows = rows(missing, NO_EROFS, NO_FUSE, temp);
        assertThat(row(rows, "env-front-end").fix()).startsWith("install gcc");
        assertThat(row(rows, "env-fuse").evidence()).isEqualTo("MF-7201: there is no /dev/fuse: no module");
    }

    @Test
    void a_mount_point_that_is_missing_or_no_folder_has_its_fix() {
        Path missing = temp.resolve("spfs");
        Capability row = row(rows(ENTER, EROFS, NO_FUSE, missing), "env-mount-point");
        assertThat(row.evidence()).isEqualTo(missing + " does not exist");
        assertThat(row.fix()).startsWith("sudo mkdir -p " + missing);
    }

    @Test
    void this_machine_is_looked_at_without_leaving_anything_behind() {
        assertThat(EnvDoctor.ofThisMachine(temp.resolve("not/there/yet"), temp).examine())
                .hasSize(5)
                .allSatisfy(each -> assertThat(each.fix().isEmpty()).isEqualTo(each.state() == CapabilityState.ACTIVE));
        assertThat(temp).isEmptyDirectory();
    }
}
