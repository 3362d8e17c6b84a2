package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.wasm.WasmEngine.GuestMemory;
import java.nio.charset.StandardCharsets;

/** Calls that take a path below an open directory. */
final class WasiPaths {
    private static final int CREATE = 1;
    private static final int WANT_DIRECTORY = 2;
    private static final int EXCLUSIVE = 4;
    private static final int TRUNCATE = 8;

    /** Walks, and what they may do to a directory, cost more than other calls. */
    private static final int WALK_FUEL = 500;

    private static final int RENAME_FUEL = 20_000;

    private final WasiContext context;

    WasiPaths(WasiContext context) {
        this.context = context;
    }

    void register(WasiTable table) {
        table.add("path_create_directory", "iii", (m, a) -> {
            context.vfs().createDirectory(place(m, a[0], a[1], a[2], false, Rights.PATH_CREATE_DIRECTORY));
            return Errno.SUCCESS;
        });
        table.add("path_filestat_get", "iiiii", (m, a) -> {
            Vfs.Place place = place(m, a[0], a[2], a[3], follows(a[1]), Rights.PATH_FILESTAT_GET);
            WasiStat.write(m, (int) a[4], place.node());
            return Errno.SUCCESS;
        });
        table.add("path_filestat_set_times", "iiiiIIi", (m, a) -> {
            Vfs.Place place = place(m, a[0], a[2], a[3], follows(a[1]), Rights.PATH_FILESTAT_SET_TIMES);
            WasiStat.setTimes(
                    place.node(), a[4], a[5], (int) a[6], context.meter().realtime());
            return Errno.SUCCESS;
        });
        table.add("path_link", "iiiiiii", this::link);
        table.add("path_open", "iiiiiIIii", this::open);
        table.add("path_readlink", "iiiiii", this::readLink);
        table.add("path_remove_directory", "iii", (m, a) -> {
            context.vfs().removeDirectory(place(m, a[0], a[1], a[2], false, Rights.PATH_REMOVE_DIRECTORY));
            return Errno.SUCCESS;
        });
        table.add("path_rename", "iiiiii", (m, a) -> {
            context.meter().charge(RENAME_FUEL);
            Vfs.Place from = place(m, a[0], a[1], a[2], false, Rights.PATH_RENAME_SOURCE);
            Vfs.Place to = place(m, a[3], a[4], a[5], false, Rights.PATH_RENAME_TARGET);
            context.vfs().rename(from, to);
            return Errno.SUCCESS;
        });
        table.add("path_symlink", "iiiii", (m, a) -> {
            String target = context.text(m, (int) a[0], (int) a[1]);
            Descriptor.OpenDirectory directory = context.descriptors().directory((int) a[2]);
            Vfs.Place place = place(m, a[2], a[3], a[4], false, Rights.PATH_SYMLINK);
            context.vfs().createLink(place, target, directory.path);
            return Errno.SUCCESS;
        });
        table.add("path_unlink_file", "iii", (m, a) -> {
            Vfs.Place place = place(m, a[0], a[1], a[2], false, Rights.PATH_UNLINK_FILE);
            context.vfs().unlinkFile(place);
            return Errno.SUCCESS;
        });
    }

    private static boolean follows(long lookupFlags) {
        return (lookupFlags & 1) != 0;
    }

    private Vfs.Place place(GuestMemory memory, long fd, long address, long length, boolean follow, long right) {
        Descriptor.OpenDirectory directory = context.descriptors().directory((int) fd);
        directory.require(right);
        context.meter().charge(WALK_FUEL);
        String path = context.text(memory, (int) address, (int) length);
        return context.vfs().walk(directory.directory, directory.path, path, follow);
    }

    private int link(GuestMemory memory, long[] a) {
        Vfs.Place from = place(memory, a[0], a[2], a[3], follows(a[1]), Rights.PATH_LINK_SOURCE);
        VfsNode node = from.node();
        Vfs.Place to = place(memory, a[4], a[5], a[6], false, Rights.PATH_LINK_TARGET);
        context.vfs().hardLink(node, to);
        return Errno.SUCCESS;
    }

    private int readLink(GuestMemory memory, long[] a) {
        Vfs.Place place = place(memory, a[0], a[1], a[2], false, Rights.PATH_READLINK);
        if (!(place.node() instanceof VfsNode.Link link)) {
            throw new WasiException(Errno.INVAL);
        }
        byte[] target = link.target.getBytes(StandardCharsets.UTF_8);
        int put = (int) Math.min(target.length, Integer.toUnsignedLong((int) a[4]));
        memory.write((int) a[3], target, 0, put);
        memory.writeInt((int) a[5], put);
        return Errno.SUCCESS;
    }

    private int open(GuestMemory memory, long[] a) {
        Descriptor.OpenDirectory base = context.descriptors().directory((int) a[0]);
        int how = (int) a[4];
        long rights = a[5] & base.inheriting;
        long inheriting = a[6] & base.inheriting;
        int flags = (int) a[7] & 0x1f;
        if ((how & CREATE) != 0) {
            base.require(Rights.PATH_CREATE_FILE);
        }
        if ((how & TRUNCATE) != 0) {
            base.require(Rights.PATH_FILESTAT_SET_SIZE);
        }
        boolean follow = follows(a[1]) && (how & EXCLUSIVE) == 0;
        Vfs.Place place = place(memory, a[0], a[2], a[3], follow, Rights.PATH_OPEN);
        if ((how & CREATE) != 0 && (how & EXCLUSIVE) != 0 && place.exists()) {
            throw new WasiException(Errno.EXIST);
        }
        VfsNode node = place.exists() || (how & CREATE) == 0 ? place.node() : create(place, how);
        int fd = context.descriptors().add(descriptor(base, place, node, how, rights, inheriting, flags));
        try {
            memory.writeInt((int) a[8], fd);
        } catch (WasmEngine.GuestFault e) {
            context.descriptors().close(fd);
            throw e;
        }
        return Errno.SUCCESS;
    }

    private VfsNode create(Vfs.Place place, int how) {
        if ((how & WANT_DIRECTORY) != 0) {
            throw new WasiException(Errno.INVAL);
        }
        return context.vfs().createFile(place);
    }

    private Descriptor descriptor(
            Descriptor.OpenDirectory base,
            Vfs.Place place,
            VfsNode node,
            int how,
            long rights,
            long inheriting,
            int flags) {
        switch (node) {
            case VfsNode.Directory directory -> {
                if ((how & (CREATE | TRUNCATE)) != 0
                        || ((rights & Rights.FD_WRITE) != 0 && (how & WANT_DIRECTORY) == 0)) {
                    throw new WasiException(Errno.ISDIR);
                }
                String path = place.name().equals(".") ? base.path : base.path + "/" + place.name();
                return new Descriptor.OpenDirectory(directory, path, "", rights & Rights.DIRECTORY, inheriting, flags);
            }
            case VfsNode.File file -> {
                if ((how & WANT_DIRECTORY) != 0) {
                    throw new WasiException(Errno.NOTDIR);
                }
                if ((how & TRUNCATE) != 0) {
                    file.resize(0);
                    file.touch(context.meter().realtime());
                }
                return new Descriptor.OpenFile(file, rights & Rights.FILE, flags);
            }
            case VfsNode.Link _ -> throw new WasiException(Errno.LOOP);
        }
    }
}
