package dev.mayfly.platform.linux.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds functions by name. It looks into the table of what a library exports, which is there when it was stripped, and if a
 * name is not in it, into the full one, which a program has that contains the library. Of several versions of a name it takes
 * the one that a program linked today gets; earlier ones, where they exist, are ways to it in the libraries that we know.
 *
 * <p>Nothing that the file says is believed: all places are checked against its size and all tables are bounded.
 */
public final class ElfSymbols {
    private static final int HEADER_BYTES = 64;
    private static final int SECTION_BYTES = 64;
    private static final int SEGMENT_BYTES = 56;
    private static final int SYMBOL_BYTES = 24;
    private static final int MOST_SECTIONS = 4096;
    private static final int MOST_SEGMENTS = 1024;
    private static final int MOST_TABLE_BYTES = 64 << 20;
    private static final int LONGEST_NAME = 256;

    private static final int MAGIC = 0x464C457F;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int PT_LOAD = 1;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_DYNSYM = 11;
    private static final int SHT_VERSYM = 0x6FFFFFFF;
    private static final int STT_FUNC = 2;
    private static final int HIDDEN_VERSION = 0x8000;

    private final FileChannel file;
    private final long size;
    private final List<Section> sections = new ArrayList<>();
    private final List<Segment> segments = new ArrayList<>();

    private record Section(int type, long offset, long bytes, int link) {}

    private record Segment(long offset, long address, long fileBytes) {}

    private ElfSymbols(FileChannel file) throws IOException {
        this.file = file;
        this.size = file.size();
    }

    /**
     * The offsets in the file of those of these functions that it contains.
     *
     * @throws IOException when it cannot be read or is no such file
     */
    public static Map<String, Long> offsets(Path path, Set<String> names) throws IOException {
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            ElfSymbols elf = new ElfSymbols(file);
            elf.readTables();
            Map<String, Long> found = new HashMap<>();
            elf.search(SHT_DYNSYM, names, found);
            if (found.size() < names.size()) {
                elf.search(SHT_SYMTAB, names, found);
            }
            return found;
        }
    }

    private void readTables() throws IOException {
        ByteBuffer header = read(0, HEADER_BYTES);
        if (header.getInt(0) != MAGIC || header.get(4) != CLASS_64 || header.get(5) != LITTLE_ENDIAN) {
            throw new IOException("it is no ELF file of 64 bits");
        }
        int segmentCount = Math.min(Short.toUnsignedInt(header.getShort(56)), MOST_SEGMENTS);
        int sectionCount = Math.min(Short.toUnsignedInt(header.getShort(60)), MOST_SECTIONS);
        if (sectionCount == 0) {
            throw new IOException("it has no table of sections");
        }
        if (segmentCount > 0 && header.getShort(54) != SEGMENT_BYTES || header.getShort(58) != SECTION_BYTES) {
            throw new IOException("it has tables of an unknown form");
        }
        ByteBuffer table = read(header.getLong(32), (long) segmentCount * SEGMENT_BYTES);
        for (int at = 0; at < table.limit(); at += SEGMENT_BYTES) {
            if (table.getInt(at) == PT_LOAD) {
                segments.add(new Segment(table.getLong(at + 8), table.getLong(at + 16), table.getLong(at + 32)));
            }
        }
        table = read(header.getLong(40), (long) sectionCount * SECTION_BYTES);
        for (int at = 0; at < table.limit(); at += SECTION_BYTES) {
            sections.add(new Section(
                    table.getInt(at + 4), table.getLong(at + 24), table.getLong(at + 32), table.getInt(at + 40)));
        }
    }

    private void search(int type, Set<String> names, Map<String, Long> found) throws IOException {
        for (Section section : sections) {
            if (section.type() == type && section.link() > 0 && section.link() < sections.size()) {
                ByteBuffer strings = whole(sections.get(section.link()));
                ByteBuffer versions = type == SHT_DYNSYM ? versions() : ByteBuffer.allocate(0);
                search(whole(section), strings, versions, names, found);
            }
        }
    }

    private ByteBuffer versions() throws IOException {
        for (Section section : sections) {
            if (section.type() == SHT_VERSYM) {
                return whole(section);
            }
        }
        return ByteBuffer.allocate(0);
    }

    private void search(
            ByteBuffer symbols, ByteBuffer strings, ByteBuffer versions, Set<String> names, Map<String, Long> found) {
        for (int i = 0; (i + 1) * SYMBOL_BYTES <= symbols.limit(); i++) {
            int at = i * SYMBOL_BYTES;
            boolean function = (symbols.get(at + 4) & 0xF) == STT_FUNC && symbols.getShort(at + 6) != 0;
            boolean hidden = (i + 1) * 2 <= versions.limit() && (versions.getShort(i * 2) & HIDDEN_VERSION) != 0;
            if (function && !hidden) {
                String name = string(strings, symbols.getInt(at));
                long offset = offset(symbols.getLong(at + 8));
                if (offset >= 0 && names.contains(name)) {
                    found.putIfAbsent(name, offset);
                }
            }
        }
    }

    /** In the file, of what is in memory at this address; -1 when that is not of the file. */
    private long offset(long address) {
        for (Segment segment : segments) {
            long within = address - segment.address();
            if (address >= segment.address() && within >= 0 && within < segment.fileBytes()) {
                long offset = segment.offset() + within;
                return offset >= 0 && offset < size ? offset : -1;
            }
        }
        return -1;
    }

    private static String string(ByteBuffer strings, int at) {
        if (at < 0 || at >= strings.limit()) {
            return "";
        }
        int end = at;
        while (end < strings.limit() && end - at < LONGEST_NAME && strings.get(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - at];
        strings.get(at, name);
        return new String(name, StandardCharsets.ISO_8859_1);
    }

    private ByteBuffer whole(Section section) throws IOException {
        return read(section.offset(), section.bytes());
    }

    private ByteBuffer read(long from, long bytes) throws IOException {
        if (from < 0 || bytes < 0 || bytes > MOST_TABLE_BYTES || from > size - bytes) {
            throw new IOException("it is cut off, or says so of its tables");
        }
        ByteBuffer buffer = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, from + buffer.position()) < 0) {
                throw new IOException("it became shorter while it was read");
            }
        }
        return buffer.flip();
    }
}
