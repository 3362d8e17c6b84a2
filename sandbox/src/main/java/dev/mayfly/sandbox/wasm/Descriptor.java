package dev.mayfly.sandbox.wasm;

import java.util.List;

/** An open file descriptor of the program. */
abstract sealed class Descriptor {
    static final int APPEND = 1;

    final long rights;
    final long inheriting;
    int flags;

    Descriptor(long rights, long inheriting, int flags) {
        this.rights = rights;
        this.inheriting = inheriting;
        this.flags = flags;
    }

    void require(long right) {
        if ((rights & right) != right) {
            throw new WasiException(Errno.NOTCAPABLE);
        }
    }

    /** Standard input, output or error. */
    static final class Stream extends Descriptor {
        final int number;

        Stream(int number) {
            super(
                    (number == 0 ? Rights.FD_READ : Rights.FD_WRITE)
                            | Rights.FD_FILESTAT_GET
                            | Rights.FD_FDSTAT_SET_FLAGS
                            | Rights.POLL,
                    0,
                    number == 0 ? 0 : APPEND);
            this.number = number;
        }
    }

    /** A directory; {@code path} is what violations call it. */
    static final class OpenDirectory extends Descriptor {
        final VfsNode.Directory directory;
        final String path;
        final String preopenName;

        /** What a listing that began at cookie 0 saw, so that deleting while listing skips nothing. */
        List<Listed> listing = List.of();

        OpenDirectory(
                VfsNode.Directory directory, String path, String preopenName, long rights, long inheriting, int flags) {
            super(rights, inheriting, flags);
            this.directory = directory;
            this.path = path;
            this.preopenName = preopenName;
        }
    }

    record Listed(String name, long inode, int type) {}

    /** A regular file with its position. */
    static final class OpenFile extends Descriptor {
        final VfsNode.File file;
        long position;

        OpenFile(VfsNode.File file, long rights, int flags) {
            super(rights, 0, flags);
            this.file = file;
        }
    }
}
