package dev.mayfly.env.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FuseSupportTest {
    private static final Path POINT = Path.of("/spfs");

    /** A machine of which a test says what it has. */
    private record Told(boolean device, int error, String fileSystems, boolean folder) implements FuseSupport.Machine {
        @Override
        public boolean exists(String path) {
            return path.equals(FuseSupport.DEVICE) ? device : folder;
        }

        @Override
        public int openDevice() {
            return error;
        }

        @Override
        public boolean isDirectory(Path path) {
            return folder;
        }
    }

    private static final String WITH_FUSE = "nodev\ttmpfs\n\tfuseblk\nnodev\tfuse\n";
    private static final String WITHOUT = "nodev\ttmpfs\n\tfuseblk\nnodev\tfusectl\n";

    private static FuseSupport.Lacking lacking(Told machine) {
        assertThat(FuseSupport.probe(POINT, machine)).isInstanceOf(FuseSupport.Lacking.class);
        return (FuseSupport.Lacking) FuseSupport.probe(POINT, machine);
    }

    @Test
    void a_machine_that_has_everything_is_ready() {
        assertThat(FuseSupport.probe(POINT, new Told(true, 0, WITH_FUSE, true))).isEqualTo(new FuseSupport.Available());
    }

    @Test
    void a_missing_device_comes_first_and_the_fix_depends_on_the_kernel() {
        assertThat(lacking(new Told(false, 2, WITH_FUSE, false)))
                .returns(ErrorCode.FUSE_MISSING, FuseSupport.Lacking::code)
                .extracting(FuseSupport.Lacking::fix)
                .asString()
                .startsWith("mknod -m 666 /dev/fuse c 10 229");
        assertThat(lacking(new Told(false, 2, WITHOUT, false)))
                .returns(ErrorCode.FUSE_MISSING, FuseSupport.Lacking::code)
                .extracting(FuseSupport.Lacking::fix)
                .asString()
                .startsWith("modprobe fuse");
    }

    @Test
    void a_device_without_a_driver_is_not_loaded() {
        assertThat(lacking(new Told(true, 19, WITHOUT, true)).code()).isEqualTo(ErrorCode.FUSE_NOT_LOADED);
        assertThat(lacking(new Told(true, 0, WITHOUT, true)).code()).isEqualTo(ErrorCode.FUSE_NOT_LOADED);
    }

    @Test
    void a_device_that_refuses_is_denied() {
        assertThat(lacking(new Told(true, 13, WITH_FUSE, true)))
                .returns(ErrorCode.FUSE_DENIED, FuseSupport.Lacking::code)
                .extracting(FuseSupport.Lacking::fix)
                .asString()
                .startsWith("chmod 666 /dev/fuse");
    }

    @Test
    void the_mount_point_is_looked_at_last() {
        assertThat(lacking(new Told(true, 0, WITH_FUSE, false)))
                .returns(ErrorCode.MOUNT_POINT_MISSING, FuseSupport.Lacking::code)
                .returns("mkdir -p /spfs", FuseSupport.Lacking::fix);
    }
}
