package dev.mayfly.env.erofs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.view.View;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds where the content of each file of a view lies, and which files of the machine hold them. */
final class Placement {
    private static final byte[] NONE = {};
    private static final int MOST_LOOKED_AT = 256;

    private final View view;
    private final Contents contents;
    private final ErofsOptions options;
    private final int[] devices;
    private final int[] blocks;
    /** Empty unless contents lie below; else for each node {@link #NONE} or its path. */
    private final byte[][] paths;

    private final List<Path> files = new ArrayList<>();
    private final Map<Path, Integer> numbers = new HashMap<>();
    private final long[] lengths;
    /** Where each device begins in the one space of all; empty when they have none. */
    private final int[] spaces;

    private final FolderKeys folderKeys;
    private final Digest key;

    /** @throws MayflyException when a content is not to be had */
    Placement(View view, Contents contents, ErofsOptions options) {
        this(view, contents, options, Optional.empty());
    }

    /**
     * The same, sooner.
     *
     * @param below what was found for another view; used where this one was made of that and its contents are still there
     */
    Placement(View view, Contents contents, ErofsOptions options, Optional<Placement> below) {
        this.view = view;
        this.contents = contents;
        this.options = options;
        this.devices = new int[view.count()];
        this.blocks = new int[view.count()];
        Optional<Placement> known = below.filter(this::isUseful);
        this.paths = find(known);
        sort();
        this.lengths = lengths();
        this.spaces = spaces();
        this.folderKeys = new FolderKeys(this, known.map(each -> each.folderKeys));
        this.key = folderKeys.key();
    }

    /** Packs never change while they are there; of single files too many would have to be looked at. */
    private boolean isUseful(Placement below) {
        return view.isOver(below.view)
                && options.equals(below.options)
                && below.paths.length == 0
                && contents.folder().isEmpty()
                && below.files.size() <= MOST_LOOKED_AT
                && below.files.stream().allMatch(Files::isRegularFile);
    }

    View view() {
        return view;
    }

    ErofsOptions options() {
        return options;
    }

    /** Names the image: the same view with the same places has the same key, and anything else another. */
    Digest key() {
        return key;
    }

    /** What contents lie below of. */
    Optional<Path> folder() {
        return contents.folder();
    }

    /** Number of the device from 1 on; 0 for nodes without content outside of the image. */
    int device(int node) {
        return devices[node];
    }

    /** Where on its device, in blocks, unsigned. */
    int block(int node) {
        return blocks[node];
    }

    /** Whether all contents have an address of their own, without the number of a device. */
    boolean inOneSpace() {
        return paths.length == 0 && spaces.length == files.size();
    }

    /** Where this device begins in the one space, in blocks, unsigned. */
    int space(int device) {
        return spaces[device - 1];
    }

    /** Where a content is in the one space, in blocks, unsigned. */
    int address(int node) {
        return space(devices[node]) + blocks[node];
    }

    /** The path of a content that lies below; empty for others. */
    byte[] path(int node) {
        return paths.length == 0 ? NONE : paths[node];
    }

    byte[] bytes(int node) {
        return contents.bytes(view.object(node), view.size(node));
    }

    List<Device> devices() {
        List<Device> all = new ArrayList<>(files.size());
        for (int i = 0; i < files.size(); i++) {
            all.add(new Device(files.get(i), lengths[i]));
        }
        return all;
    }

    /** Whether the content of a node is written into the image itself. */
    boolean inline(int node) {
        return view.isSymlink(node) || view.size(node) <= options.inlineUpTo();
    }

    private byte[][] find(Optional<Placement> known) {
        Optional<byte[][]> below = Optional.empty();
        Contents all = contents.inARow();
        for (int node = 0; node < view.count(); node++) {
            int before = known.isPresent() ? view.origin(node) : -1;
            if (before >= 0) {
                take(node, known.get(), before);
                continue;
            }
            if (!view.isRegular(node) || inline(node)) {
                check(node);
                continue;
            }
            switch (all.place(view.object(node), view.size(node))) {
                case Contents.Place.InFile(FileRange range) -> place(node, range);
                case Contents.Place.Below(String path) -> {
                    byte[][] found = below.orElseGet(this::noPaths);
                    found[node] = path.getBytes(StandardCharsets.UTF_8);
                    below = Optional.of(found);
                }
            }
        }
        return below.orElseGet(() -> new byte[0][]);
    }

    private void take(int node, Placement known, int before) {
        int device = known.devices[before];
        if (device > 0) {
            devices[node] = number(known.files.get(device - 1));
            blocks[node] = known.blocks[before];
        }
    }

    /** Devices by their names, so that an image does not depend on what was shown before. */
    private void sort() {
        List<Path> sorted = files.stream().sorted().toList();
        int[] to = new int[files.size() + 1];
        for (int i = 0; i < sorted.size(); i++) {
            to[numbers.getOrDefault(sorted.get(i), 0)] = i + 1;
        }
        for (int node = 0; node < devices.length; node++) {
            devices[node] = to[devices[node]];
        }
        files.clear();
        files.addAll(sorted);
        numbers.clear();
    }

    /** Of each device as much as this view needs. */
    private long[] lengths() {
        long[] all = new long[files.size()];
        for (int node = 0; node < devices.length; node++) {
            if (devices[node] > 0) {
                long end = (Integer.toUnsignedLong(blocks[node]) << Format.BLOCK_BITS) + view.size(node);
                all[devices[node] - 1] = Math.max(all[devices[node] - 1], Format.roundUp(end, Format.BLOCK));
            }
        }
        return all;
    }

    /**
     * Device after device behind the image, so that an inode of 32 bytes says all by one number, without a word on chunks that
     * takes 32 bytes more. The kernel looks through the devices one by one for who has an address (erofs_map_dev), so not
     * through many; and addresses have 32 bits.
     */
    private int[] spaces() {
        int[] all = new int[files.size()];
        long next = Format.SPACE_OF_DEVICES;
        for (int i = 0; i < all.length; i++) {
            all[i] = (int) next;
            next += lengths[i] >>> Format.BLOCK_BITS;
        }
        return all.length > Format.MOST_IN_ONE_SPACE || next >= 0xffffffffL ? new int[0] : all;
    }

    private byte[][] noPaths() {
        byte[][] all = new byte[view.count()][];
        java.util.Arrays.fill(all, NONE);
        return all;
    }

    private void check(int node) {
        if (view.isDirectory(node) || view.isRegular(node)) {
            return;
        }
        if (!view.isSymlink(node)) {
            throw unfit(
                    node,
                    "it is neither a file nor a directory nor a link: mode " + Integer.toOctalString(view.mode(node)));
        }
        if (view.size(node) == 0 || view.size(node) >= Format.BLOCK) {
            throw unfit(node, "the target of a link has 1 to 4095 bytes, and this one " + view.size(node));
        }
    }

    private void place(int node, FileRange range) {
        long end = range.offset() + range.length();
        if (range.length() != view.size(node)) {
            throw new MayflyException(
                    ErrorCode.CONTENT_CORRUPT,
                    "the payload of " + view.path(node) + " is not what its entry says",
                    "it should have " + view.size(node) + " bytes and has " + range.length(),
                    "check the repository");
        }
        if (range.offset() % Format.BLOCK != 0) {
            throw unfit(
                    node,
                    "its content lies at " + range.offset() + " in " + range.file() + ", which is no multiple of "
                            + Format.BLOCK);
        }
        if (end >>> Format.BLOCK_BITS >= 0xffffffffL
                || range.length() > (long) Format.BLOCK << Format.MOST_CHUNK_BITS) {
            throw unfit(node, "its content ends at " + end + " in " + range.file() + ", beyond what EROFS can address");
        }
        int device = number(range.file());
        devices[node] = device;
        blocks[node] = (int) (range.offset() >>> Format.BLOCK_BITS);
    }

    private int number(Path file) {
        // Neighbours mostly lie in one pack.
        if (!files.isEmpty() && files.getLast().equals(file)) {
            return files.size();
        }
        Integer known = numbers.get(file);
        if (known != null) {
            return known;
        }
        if (files.size() == Format.MOST_DEVICES) {
            throw new MayflyException(
                    ErrorCode.VIEW_UNAVAILABLE,
                    "the view cannot be mounted with its contents where they are",
                    "they lie in more than " + Format.MOST_DEVICES + " files, and EROFS numbers devices with 16 bits",
                    "gather them in packs, or let an overlay take them from their folder");
        }
        files.add(file);
        numbers.put(file, files.size());
        return files.size();
    }

    private MayflyException unfit(int node, String why) {
        return new MayflyException(
                ErrorCode.VIEW_UNAVAILABLE,
                "EROFS cannot show " + view.path(node),
                why,
                "show the environment through FUSE, or render it to a folder");
    }
}
