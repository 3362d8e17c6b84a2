package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.wasm.WasmEngine.GuestMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Calls on open descriptors. */
final class WasiFiles {
    private static final int MAX_VECTORS = 1024;
    private static final int CHUNK = 1 << 16;
    private static final int DIRENT_BYTES = 24;

    private final WasiContext context;

    WasiFiles(WasiContext context) {
        this.context = context;
    }

    void register(WasiTable table) {
        table.add("fd_advise", "iIIi", (_, a) -> nothing(a));
        table.add("fd_datasync", "i", (_, a) -> nothing(a));
        table.add("fd_sync", "i", (_, a) -> nothing(a));
        table.add("fd_allocate", "iII", (_, a) -> allocate(a));
        table.add("fd_close", "i", (_, a) -> {
            context.descriptors().close((int) a[0]);
            return Errno.SUCCESS;
        });
        table.add("fd_renumber", "ii", (_, a) -> {
            context.descriptors().renumber((int) a[0], (int) a[1]);
            return Errno.SUCCESS;
        });
        table.add("fd_fdstat_get", "ii", this::fdstat);
        table.add("fd_fdstat_set_flags", "ii", (_, a) -> {
            Descriptor descriptor = context.descriptors().get((int) a[0]);
            descriptor.require(Rights.FD_FDSTAT_SET_FLAGS);
            descriptor.flags = (int) a[1] & 0x1f;
            return Errno.SUCCESS;
        });
        table.add("fd_fdstat_set_rights", "iII", (_, a) -> setRights(a));
        table.add("fd_filestat_get", "ii", this::filestat);
        table.add("fd_filestat_set_size", "iI", (_, a) -> setSize(a));
        table.add("fd_filestat_set_times", "iIIi", (_, a) -> setTimes(a));
        table.add("fd_prestat_get", "ii", this::prestat);
        table.add("fd_prestat_dir_name", "iii", this::prestatName);
        table.add("fd_read", "iiii", (m, a) -> read(m, (int) a[0], a, -1, (int) a[3]));
        table.add("fd_pread", "iiiIi", (m, a) -> read(m, (int) a[0], a, offset(a[3]), (int) a[4]));
        table.add("fd_write", "iiii", (m, a) -> write(m, (int) a[0], a, -1, (int) a[3]));
        table.add("fd_pwrite", "iiiIi", (m, a) -> write(m, (int) a[0], a, offset(a[3]), (int) a[4]));
        table.add("fd_seek", "iIii", this::seek);
        table.add("fd_tell", "ii", (m, a) -> {
            m.writeLong((int) a[1], context.descriptors().file((int) a[0], Errno.SPIPE).position);
            return Errno.SUCCESS;
        });
        table.add("fd_readdir", "iiiIi", this::readDirectory);
    }

    private int nothing(long[] a) {
        context.descriptors().get((int) a[0]);
        return Errno.SUCCESS;
    }

    private static long offset(long offset) {
        if (offset < 0) {
            throw new WasiException(Errno.INVAL);
        }
        return offset;
    }

    private int allocate(long[] a) {
        Descriptor.OpenFile open = context.descriptors().file((int) a[0], Errno.SPIPE);
        open.require(Rights.FD_ALLOCATE);
        long end = offset(a[1]) + offset(a[2]);
        if (end < 0) {
            throw new WasiException(Errno.FBIG);
        }
        if (end > open.file.size()) {
            open.file.resize(end);
        }
        return Errno.SUCCESS;
    }

    private int setRights(long[] a) {
        Descriptor descriptor = context.descriptors().get((int) a[0]);
        // Rights may only shrink; ours are fixed at opening, so what is asked must already be so.
        boolean wider = (a[1] & ~descriptor.rights) != 0 || (a[2] & ~descriptor.inheriting) != 0;
        return wider ? Errno.NOTCAPABLE : Errno.NOTSUP;
    }

    private int setSize(long[] a) {
        Descriptor.OpenFile open = context.descriptors().file((int) a[0], Errno.INVAL);
        open.require(Rights.FD_FILESTAT_SET_SIZE);
        open.file.resize(offset(a[1]));
        open.file.touch(context.meter().realtime());
        return Errno.SUCCESS;
    }

    private int setTimes(long[] a) {
        Descriptor descriptor = context.descriptors().get((int) a[0]);
        descriptor.require(Rights.FD_FILESTAT_SET_TIMES);
        WasiStat.setTimes(
                node(descriptor), a[1], a[2], (int) a[3], context.meter().realtime());
        return Errno.SUCCESS;
    }

    private static VfsNode node(Descriptor descriptor) {
        return switch (descriptor) {
            case Descriptor.OpenFile file -> file.file;
            case Descriptor.OpenDirectory directory -> directory.directory;
            case Descriptor.Stream _ -> throw new WasiException(Errno.BADF);
        };
    }

    private int fdstat(GuestMemory memory, long[] a) {
        Descriptor descriptor = context.descriptors().get((int) a[0]);
        int type = switch (descriptor) {
            case Descriptor.OpenFile _ -> WasiStat.REGULAR;
            case Descriptor.OpenDirectory _ -> WasiStat.DIRECTORY;
            case Descriptor.Stream _ -> WasiStat.UNKNOWN;
        };
        byte[] zero = new byte[24];
        int out = (int) a[1];
        memory.write(out, zero, 0, zero.length);
        memory.writeByte(out, type);
        memory.writeShort(out + 2, descriptor.flags);
        memory.writeLong(out + 8, descriptor.rights);
        memory.writeLong(out + 16, descriptor.inheriting);
        return Errno.SUCCESS;
    }

    private int filestat(GuestMemory memory, long[] a) {
        Descriptor descriptor = context.descriptors().get((int) a[0]);
        descriptor.require(Rights.FD_FILESTAT_GET);
        if (descriptor instanceof Descriptor.Stream) {
            WasiStat.writeStream(memory, (int) a[1]);
        } else {
            WasiStat.write(memory, (int) a[1], node(descriptor));
        }
        return Errno.SUCCESS;
    }

    private Descriptor.OpenDirectory preopen(long fd) {
        if (context.descriptors().get((int) fd) instanceof Descriptor.OpenDirectory directory
                && !directory.preopenName.isEmpty()) {
            return directory;
        }
        throw new WasiException(Errno.BADF);
    }

    private int prestat(GuestMemory memory, long[] a) {
        int length = preopen(a[0]).preopenName.length();
        memory.writeInt((int) a[1], 0);
        memory.writeInt((int) a[1] + 4, length);
        return Errno.SUCCESS;
    }

    private int prestatName(GuestMemory memory, long[] a) {
        byte[] name = preopen(a[0]).preopenName.getBytes(StandardCharsets.US_ASCII);
        if (Integer.toUnsignedLong((int) a[2]) < name.length) {
            throw new WasiException(Errno.NAMETOOLONG);
        }
        memory.write((int) a[1], name, 0, name.length);
        return Errno.SUCCESS;
    }

    private record Vector(int address, int length) {}

    private List<Vector> vectors(GuestMemory memory, long[] a) {
        int count = (int) a[2];
        if (count < 0 || count > MAX_VECTORS) {
            throw new WasiException(Errno.INVAL);
        }
        List<Vector> vectors = new ArrayList<>(count);
        long total = 0;
        for (int i = 0; i < count; i++) {
            int at = (int) a[1] + 8 * i;
            int length = memory.readInt(at + 4);
            total += Integer.toUnsignedLong(length);
            if (total > Integer.MAX_VALUE) {
                throw new WasiException(Errno.INVAL);
            }
            vectors.add(new Vector(memory.readInt(at), length));
        }
        context.meter().charge(4L * count);
        return vectors;
    }

    private int read(GuestMemory memory, int fd, long[] a, long at, int resultAddress) {
        Descriptor descriptor = context.descriptors().get(fd);
        if (descriptor instanceof Descriptor.OpenDirectory) {
            throw new WasiException(Errno.ISDIR);
        }
        descriptor.require(Rights.FD_READ);
        if (at >= 0 && descriptor instanceof Descriptor.Stream) {
            throw new WasiException(Errno.SPIPE);
        }
        long done = 0;
        for (Vector vector : vectors(memory, a)) {
            int got = readInto(memory, descriptor, vector, at < 0 ? -1 : at + done);
            done += got;
            if (got < vector.length()) {
                break;
            }
        }
        memory.writeInt(resultAddress, (int) done);
        return Errno.SUCCESS;
    }

    private int readInto(GuestMemory memory, Descriptor descriptor, Vector vector, long at) {
        int done = 0;
        while (done < vector.length()) {
            int wanted = Math.min(CHUNK, vector.length() - done);
            byte[] chunk = new byte[wanted];
            int got = switch (descriptor) {
                case Descriptor.OpenFile open when at >= 0 -> open.file.read(at + done, chunk, 0, wanted);
                case Descriptor.OpenFile open -> {
                    int count = open.file.read(open.position, chunk, 0, wanted);
                    open.position += count;
                    yield count;
                }
                default -> context.stdin().read(chunk, 0, wanted);
            };
            context.meter().chargeBytes(got);
            memory.write(vector.address() + done, chunk, 0, got);
            done += got;
            if (got < wanted) {
                break;
            }
        }
        return done;
    }

    private int write(GuestMemory memory, int fd, long[] a, long at, int resultAddress) {
        Descriptor descriptor = context.descriptors().get(fd);
        descriptor.require(Rights.FD_WRITE);
        if (at >= 0 && descriptor instanceof Descriptor.Stream) {
            throw new WasiException(Errno.SPIPE);
        }
        List<Vector> vectors = vectors(memory, a);
        long done = 0;
        for (Vector vector : vectors) {
            int put = 0;
            while (put < vector.length()) {
                int size = Math.min(CHUNK, vector.length() - put);
                byte[] chunk = memory.read(vector.address() + put, size);
                context.meter().chargeBytes(size);
                int written = writeChunk(descriptor, chunk, at < 0 ? -1 : at + done, done > 0);
                put += written;
                done += written;
                if (written < size) {
                    memory.writeInt(resultAddress, (int) done);
                    return Errno.SUCCESS;
                }
            }
        }
        memory.writeInt(resultAddress, (int) done);
        return Errno.SUCCESS;
    }

    /** @param some bytes of this call are written already: then a full disk is a short write and no error */
    private int writeChunk(Descriptor descriptor, byte[] chunk, long at, boolean some) {
        switch (descriptor) {
            case Descriptor.Stream stream -> {
                (stream.number == 1 ? context.stdout() : context.stderr()).write(chunk, 0, chunk.length);
                return chunk.length;
            }
            case Descriptor.OpenFile open -> {
                boolean append = (open.flags & Descriptor.APPEND) != 0;
                long from = at >= 0 ? at : append ? open.file.size() : open.position;
                try {
                    int written = open.file.write(from, chunk, 0, chunk.length);
                    open.file.touch(context.meter().realtime());
                    if (at < 0) {
                        open.position = from + written;
                    }
                    return written;
                } catch (WasiException e) {
                    if (some) {
                        return 0;
                    }
                    throw e;
                }
            }
            case Descriptor.OpenDirectory _ -> throw new WasiException(Errno.ISDIR);
        }
    }

    private int seek(GuestMemory memory, long[] a) {
        Descriptor.OpenFile open = context.descriptors().file((int) a[0], Errno.SPIPE);
        long base = switch ((int) a[2]) {
            case 0 -> 0;
            case 1 -> open.position;
            case 2 -> open.file.size();
            default -> throw new WasiException(Errno.INVAL);
        };
        long target = base + a[1];
        if (target < 0) {
            throw new WasiException(Errno.INVAL);
        }
        open.position = target;
        memory.writeLong((int) a[3], target);
        return Errno.SUCCESS;
    }

    private int readDirectory(GuestMemory memory, long[] a) {
        Descriptor.OpenDirectory open = context.descriptors().directory((int) a[0]);
        open.require(Rights.FD_READDIR);
        long cookie = offset(a[3]);
        if (cookie == 0) {
            open.listing = list(open.directory);
            context.meter().charge(10L * open.listing.size());
        }
        long room = Integer.toUnsignedLong((int) a[2]);
        int out = (int) a[1];
        int used = 0;
        for (long i = cookie; i < open.listing.size() && used < room; i++) {
            byte[] entry = entry(open.listing.get((int) i), i + 1);
            // A cut-off entry at the end tells the caller to come again with more room.
            int put = (int) Math.min(entry.length, room - used);
            memory.write(out + used, entry, 0, put);
            used += put;
        }
        context.meter().chargeBytes(used);
        memory.writeInt((int) a[4], used);
        return Errno.SUCCESS;
    }

    private static List<Descriptor.Listed> list(VfsNode.Directory directory) {
        List<Descriptor.Listed> listing = new ArrayList<>(directory.entries.size() + 2);
        listing.add(new Descriptor.Listed(".", directory.inode, WasiStat.DIRECTORY));
        listing.add(new Descriptor.Listed("..", directory.inode, WasiStat.DIRECTORY));
        directory.entries.forEach(
                (name, node) -> listing.add(new Descriptor.Listed(name, node.inode, WasiStat.type(node))));
        return listing;
    }

    private static byte[] entry(Descriptor.Listed listed, long next) {
        byte[] name = listed.name().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(DIRENT_BYTES + name.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(next)
                .putLong(listed.inode())
                .putInt(name.length)
                .putInt(listed.type())
                .put(name)
                .array();
    }
}
