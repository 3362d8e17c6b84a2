package dev.mayfly.env.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.testkit.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuseAbiTest {
    @TempDir
    Path dir;

    @Test
    void sizes_offsets_and_numbers_are_those_of_the_kernels_header() throws Exception {
        Needs.linux();
        Path cc = Needs.command("cc");
        Needs.that(
                Files.exists(Path.of("/usr/include/linux/fuse.h")), "linux/fuse.h", "linux-libc-dev is not installed");
        Map<String, Long> ours = ours();
        StringBuilder source = new StringBuilder("#include <stddef.h>\n#include <stdio.h>\n#include <sys/ioctl.h>\n"
                + "#include <linux/fuse.h>\nint main(void) {\n");
        ours.keySet()
                .forEach(each -> source.append("#define P(x) printf(\"%lld\\n\", (long long)(x))\nP(")
                        .append(each)
                        .append(");\n#undef P\n"));
        Path c = Files.writeString(dir.resolve("probe.c"), source.append("return 0; }\n"));
        Path program = dir.resolve("probe");
        run(cc.toString(), "-o", program.toString(), c.toString());
        String[] theirs = run(program.toString()).strip().split("\n");

        int i = 0;
        for (Map.Entry<String, Long> each : ours.entrySet()) {
            assertThat(each.getValue()).as(each.getKey()).isEqualTo(Long.parseLong(theirs[i++]));
        }
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out;
    }

    /** C expressions and what we hold them to be. Words that came after Linux 6.5 are not in all headers and left out. */
    private static Map<String, Long> ours() {
        Map<String, Long> all = new LinkedHashMap<>();
        structs(all);
        opcodes(all);
        flags(all);
        return all;
    }

    private static void structs(Map<String, Long> all) {
        Object[] table = {
            "sizeof(struct fuse_in_header)", FuseAbi.In.SIZE,
            "offsetof(struct fuse_in_header, len)", FuseAbi.In.LEN,
            "offsetof(struct fuse_in_header, opcode)", FuseAbi.In.OPCODE,
            "offsetof(struct fuse_in_header, unique)", FuseAbi.In.UNIQUE,
            "offsetof(struct fuse_in_header, nodeid)", FuseAbi.In.NODE,
            "sizeof(struct fuse_out_header)", FuseAbi.Out.SIZE,
            "offsetof(struct fuse_out_header, len)", FuseAbi.Out.LEN,
            "offsetof(struct fuse_out_header, error)", FuseAbi.Out.ERROR,
            "offsetof(struct fuse_out_header, unique)", FuseAbi.Out.UNIQUE,
            "sizeof(struct fuse_init_in)", FuseAbi.InitIn.SIZE,
            "offsetof(struct fuse_init_in, major)", FuseAbi.InitIn.MAJOR,
            "offsetof(struct fuse_init_in, minor)", FuseAbi.InitIn.MINOR,
            "offsetof(struct fuse_init_in, max_readahead)", FuseAbi.InitIn.MAX_READAHEAD,
            "offsetof(struct fuse_init_in, flags)", FuseAbi.InitIn.FLAGS,
            "offsetof(struct fuse_init_in, flags2)", FuseAbi.InitIn.FLAGS2,
            "sizeof(struct fuse_init_out)", FuseAbi.InitOut.SIZE,
            "offsetof(struct fuse_init_out, major)", FuseAbi.InitOut.MAJOR,
            "offsetof(struct fuse_init_out, minor)", FuseAbi.InitOut.MINOR,
            "offsetof(struct fuse_init_out, max_readahead)", FuseAbi.InitOut.MAX_READAHEAD,
            "offsetof(struct fuse_init_out, flags)", FuseAbi.InitOut.FLAGS,
            "offsetof(struct fuse_init_out, max_background)", FuseAbi.InitOut.MAX_BACKGROUND,
            "offsetof(struct fuse_init_out, congestion_threshold)", FuseAbi.InitOut.CONGESTION_THRESHOLD,
            "offsetof(struct fuse_init_out, max_write)", FuseAbi.InitOut.MAX_WRITE,
            "offsetof(struct fuse_init_out, time_gran)", FuseAbi.InitOut.TIME_GRAN,
            "offsetof(struct fuse_init_out, max_pages)", FuseAbi.InitOut.MAX_PAGES,
            "offsetof(struct fuse_init_out, flags2)", FuseAbi.InitOut.FLAGS2,
            "offsetof(struct fuse_init_out, flags2) + 4", FuseAbi.InitOut.MAX_STACK_DEPTH,
            "sizeof(struct fuse_attr)", FuseAbi.Attr.SIZE,
            "offsetof(struct fuse_attr, ino)", FuseAbi.Attr.INO,
            "offsetof(struct fuse_attr, size)", FuseAbi.Attr.BYTES,
            "offsetof(struct fuse_attr, blocks)", FuseAbi.Attr.BLOCKS,
            "offsetof(struct fuse_attr, atime)", FuseAbi.Attr.ATIME,
            "offsetof(struct fuse_attr, mtime)", FuseAbi.Attr.MTIME,
            "offsetof(struct fuse_attr, ctime)", FuseAbi.Attr.CTIME,
            "offsetof(struct fuse_attr, mode)", FuseAbi.Attr.MODE,
            "offsetof(struct fuse_attr, nlink)", FuseAbi.Attr.NLINK,
            "offsetof(struct fuse_attr, uid)", FuseAbi.Attr.UID,
            "offsetof(struct fuse_attr, gid)", FuseAbi.Attr.GID,
            "offsetof(struct fuse_attr, blksize)", FuseAbi.Attr.BLKSIZE,
            "sizeof(struct fuse_entry_out)", FuseAbi.Entry.SIZE,
            "offsetof(struct fuse_entry_out, nodeid)", FuseAbi.Entry.NODE,
            "offsetof(struct fuse_entry_out, entry_valid)", FuseAbi.Entry.ENTRY_VALID,
            "offsetof(struct fuse_entry_out, attr_valid)", FuseAbi.Entry.ATTR_VALID,
            "offsetof(struct fuse_entry_out, attr)", FuseAbi.Entry.ATTR,
            "sizeof(struct fuse_attr_out)", FuseAbi.AttrOut.SIZE,
            "offsetof(struct fuse_attr_out, attr_valid)", FuseAbi.AttrOut.ATTR_VALID,
            "offsetof(struct fuse_attr_out, attr)", FuseAbi.AttrOut.ATTR,
            "sizeof(struct fuse_open_out)", FuseAbi.OpenOut.SIZE,
            "offsetof(struct fuse_open_out, open_flags)", FuseAbi.OpenOut.OPEN_FLAGS,
            "offsetof(struct fuse_open_out, open_flags) + 4", FuseAbi.OpenOut.BACKING_ID,
            "sizeof(struct fuse_read_in)", FuseAbi.ReadIn.SIZE,
            "offsetof(struct fuse_read_in, offset)", FuseAbi.ReadIn.OFFSET,
            "offsetof(struct fuse_read_in, size)", FuseAbi.ReadIn.BYTES,
            "offsetof(struct fuse_dirent, ino)", FuseAbi.Dirent.INO,
            "offsetof(struct fuse_dirent, off)", FuseAbi.Dirent.OFF,
            "offsetof(struct fuse_dirent, namelen)", FuseAbi.Dirent.NAMELEN,
            "offsetof(struct fuse_dirent, type)", FuseAbi.Dirent.TYPE,
            "FUSE_NAME_OFFSET", FuseAbi.Dirent.NAME,
            "offsetof(struct fuse_direntplus, dirent)", FuseAbi.Entry.SIZE,
            "sizeof(struct fuse_statfs_out)", FuseAbi.Statfs.SIZE,
            "offsetof(struct fuse_kstatfs, blocks)", FuseAbi.Statfs.BLOCKS,
            "offsetof(struct fuse_kstatfs, files)", FuseAbi.Statfs.FILES,
            "offsetof(struct fuse_kstatfs, bsize)", FuseAbi.Statfs.BSIZE,
            "offsetof(struct fuse_kstatfs, namelen)", FuseAbi.Statfs.NAMELEN,
            "offsetof(struct fuse_kstatfs, frsize)", FuseAbi.Statfs.FRSIZE,
        };
        put(all, table);
    }

    private static void opcodes(Map<String, Long> all) {
        Object[] table = {
            "FUSE_LOOKUP",
            FuseAbi.Op.LOOKUP,
            "FUSE_FORGET",
            FuseAbi.Op.FORGET,
            "FUSE_GETATTR",
            FuseAbi.Op.GETATTR,
            "FUSE_SETATTR",
            FuseAbi.Op.SETATTR,
            "FUSE_READLINK",
            FuseAbi.Op.READLINK,
            "FUSE_SYMLINK",
            FuseAbi.Op.SYMLINK,
            "FUSE_MKNOD",
            FuseAbi.Op.MKNOD,
            "FUSE_MKDIR",
            FuseAbi.Op.MKDIR,
            "FUSE_UNLINK",
            FuseAbi.Op.UNLINK,
            "FUSE_RMDIR",
            FuseAbi.Op.RMDIR,
            "FUSE_RENAME",
            FuseAbi.Op.RENAME,
            "FUSE_LINK",
            FuseAbi.Op.LINK,
            "FUSE_OPEN",
            FuseAbi.Op.OPEN,
            "FUSE_READ",
            FuseAbi.Op.READ,
            "FUSE_WRITE",
            FuseAbi.Op.WRITE,
            "FUSE_STATFS",
            FuseAbi.Op.STATFS,
            "FUSE_RELEASE",
            FuseAbi.Op.RELEASE,
            "FUSE_SETXATTR",
            FuseAbi.Op.SETXATTR,
            "FUSE_REMOVEXATTR",
            FuseAbi.Op.REMOVEXATTR,
            "FUSE_FLUSH",
            FuseAbi.Op.FLUSH,
            "FUSE_INIT",
            FuseAbi.Op.INIT,
            "FUSE_OPENDIR",
            FuseAbi.Op.OPENDIR,
            "FUSE_READDIR",
            FuseAbi.Op.READDIR,
            "FUSE_RELEASEDIR",
            FuseAbi.Op.RELEASEDIR,
            "FUSE_CREATE",
            FuseAbi.Op.CREATE,
            "FUSE_INTERRUPT",
            FuseAbi.Op.INTERRUPT,
            "FUSE_DESTROY",
            FuseAbi.Op.DESTROY,
            "FUSE_BATCH_FORGET",
            FuseAbi.Op.BATCH_FORGET,
            "FUSE_FALLOCATE",
            FuseAbi.Op.FALLOCATE,
            "FUSE_READDIRPLUS",
            FuseAbi.Op.READDIRPLUS,
            "FUSE_RENAME2",
            FuseAbi.Op.RENAME2,
            "FUSE_COPY_FILE_RANGE",
            FuseAbi.Op.COPY_FILE_RANGE,
            "FUSE_TMPFILE",
            FuseAbi.Op.TMPFILE,
        };
        put(all, table);
    }

    private static void flags(Map<String, Long> all) {
        Object[] table = {
            "FUSE_KERNEL_VERSION",
            FuseAbi.MAJOR,
            "FUSE_ROOT_ID",
            FuseAbi.ROOT_ID,
            "FUSE_ASYNC_READ",
            FuseAbi.Flag.ASYNC_READ,
            "FUSE_EXPORT_SUPPORT",
            FuseAbi.Flag.EXPORT_SUPPORT,
            "FUSE_DO_READDIRPLUS",
            FuseAbi.Flag.DO_READDIRPLUS,
            "FUSE_NO_OPEN_SUPPORT",
            FuseAbi.Flag.NO_OPEN_SUPPORT,
            "FUSE_PARALLEL_DIROPS",
            FuseAbi.Flag.PARALLEL_DIROPS,
            "FUSE_ABORT_ERROR",
            FuseAbi.Flag.ABORT_ERROR,
            "FUSE_MAX_PAGES",
            FuseAbi.Flag.MAX_PAGES,
            "FUSE_CACHE_SYMLINKS",
            FuseAbi.Flag.CACHE_SYMLINKS,
            "FUSE_NO_OPENDIR_SUPPORT",
            FuseAbi.Flag.NO_OPENDIR_SUPPORT,
            "FUSE_EXPLICIT_INVAL_DATA",
            FuseAbi.Flag.EXPLICIT_INVAL_DATA,
            "FUSE_INIT_EXT",
            FuseAbi.Flag.INIT_EXT,
            "FOPEN_KEEP_CACHE",
            FuseAbi.FOPEN_KEEP_CACHE,
            "FOPEN_DIRECT_IO",
            FuseAbi.FOPEN_DIRECT_IO,
            "FOPEN_NOFLUSH",
            FuseAbi.FOPEN_NOFLUSH,
            "FUSE_DEV_IOC_CLONE",
            FuseAbi.IOC_CLONE,
        };
        put(all, table);
    }

    private static void put(Map<String, Long> all, Object[] table) {
        for (int i = 0; i < table.length; i += 2) {
            all.put((String) table[i], ((Number) table[i + 1]).longValue());
        }
    }
}
