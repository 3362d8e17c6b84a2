package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.env.codec.TagCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.repo.Tags;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A file for each stream, to which new tags are appended by one write and one sync. Who reads takes no lock: a record that is
 * being written is not there yet. Taking tags out of the middle replaces the file.
 */
final class TagFiles implements Tags {
    private static final String SHARED_FILE = "rw-rw-rw-";
    private static final String SHARED_FOLDER = "rwxrwxrwx";

    private final Layout layout;
    private final TagTree tree;
    private final Optional<TagWriting> writing;
    private final Clock clock;
    private final Steps steps;

    /** What only who may write has. */
    record TagWriting(TagLocks locks, Reserve reserve, Reserve.Work<Lease> leases) {}

    TagFiles(Layout layout, TagTree tree, Optional<TagWriting> writing, Clock clock, Steps steps) {
        this.layout = layout;
        this.tree = tree;
        this.writing = writing;
        this.clock = clock;
        this.steps = steps;
    }

    @Override
    public Optional<Tag> find(TagName name, long version) {
        if (version == 0) {
            try (FileChannel file = FileChannel.open(tree.file(name))) {
                return TagLog.newest(file, name);
            } catch (NoSuchFileException e) {
                return Optional.empty();
            } catch (IOException e) {
                throw failed("Reading the tags of " + name, e);
            }
        }
        List<Tag> history = history(name);
        return version > 0 && version < history.size() ? Optional.of(history.get((int) version)) : Optional.empty();
    }

    @Override
    public List<Tag> history(TagName name) {
        try (FileChannel file = FileChannel.open(tree.file(name))) {
            return TagLog.read(file, name).tags().reversed();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw failed("Reading the tags of " + name, e);
        }
    }

    @Override
    public void each(String prefix, Consumer<TagName> found) {
        try {
            tree.names(prefix).forEach(found);
        } catch (IOException e) {
            throw failed("Listing tags", e);
        }
    }

    @Override
    public Tag push(TagName name, Digest target, String user) {
        return push(name, target, user, Optional.empty()).orElseThrow();
    }

    @Override
    public Optional<Tag> push(TagName name, Digest target, String user, Digest expected) {
        return push(name, target, user, Optional.of(expected));
    }

    private Optional<Tag> push(TagName name, Digest target, String user, Optional<Digest> expected) {
        return changing(name, List.of(target), stream -> {
            Optional<Tag> newest = stream.newest();
            Digest parent = newest.map(TagCodec::digest).orElse(Digest.NULL);
            if (expected.isPresent() && !expected.get().equals(parent)) {
                return Optional.empty();
            }
            if (newest.isPresent() && newest.get().target().equals(target)) {
                return newest;
            }
            Tag tag = new Tag(name, target, parent, user, clock.instant().truncatedTo(ChronoUnit.MICROS));
            stream.append(List.of(tag));
            return Optional.of(tag);
        });
    }

    @Override
    public void insert(List<Tag> tags) {
        Set<TagName> names = new HashSet<>();
        for (Tag first : tags) {
            if (names.add(first.name())) {
                List<Tag> same = tags.stream()
                        .filter(each -> each.name().equals(first.name()))
                        .toList();
                changing(first.name(), same.stream().map(Tag::target).toList(), stream -> {
                    Set<Tag> there = new HashSet<>(stream.all());
                    List<Tag> missing = new ArrayList<>();
                    same.stream().filter(there::add).forEach(missing::add);
                    stream.append(missing);
                    return missing.size();
                });
            }
        }
    }

    @Override
    public boolean remove(Tag tag) {
        return changing(tag.name(), List.of(), stream -> {
            List<Tag> left = new ArrayList<>(stream.all());
            if (!left.remove(tag)) {
                return false;
            }
            stream.replace(left);
            return true;
        });
    }

    @Override
    public boolean removeAll(TagName name) {
        return changing(name, List.of(), stream -> {
            boolean there = Files.exists(stream.file);
            stream.replace(List.of());
            return there;
        });
    }

    private interface Change<T> {
        T on(Stream stream) throws IOException;
    }

    /** @param targets what tags will name by this: on a lease until they do, so that nobody collects it before */
    private <T> T changing(TagName name, List<Digest> targets, Change<T> change) {
        TagWriting with = writing.orElseThrow(() -> FsRepository.readsOnly(layout.root()));
        Path file = tree.file(name);
        try {
            return with.reserve().with(() -> changing(with, file, name, targets, change));
        } catch (IOException e) {
            throw failed("Changing the tags of " + name, e);
        }
    }

    private <T> T changing(TagWriting with, Path file, TagName name, List<Digest> targets, Change<T> change)
            throws IOException {
        T result;
        try (Held _ = kept(with, targets)) {
            makeFolders(file);
            try (Held _ = with.locks().hold(file)) {
                result = change.on(new Stream(file, name));
            }
        }
        removeEmptyFolders(file);
        return result;
    }

    private Held kept(TagWriting with, List<Digest> targets) throws IOException {
        if (targets.isEmpty()) {
            return () -> {};
        }
        steps.before("keep the target of a tag");
        Lease lease = with.leases().run();
        try {
            lease.keep(targets.stream()
                    .map(each -> new Lease.Kept(Kind.OBJECT, each))
                    .toList());
        } catch (IOException | RuntimeException e) {
            lease.close();
            throw e;
        }
        return lease::close;
    }

    /** One stream, locked. */
    private final class Stream {
        private final Path file;
        private final TagName name;

        private Stream(Path file, TagName name) {
            this.file = file;
            this.name = name;
        }

        Optional<Tag> newest() {
            return find(name, 0);
        }

        /** Oldest first. */
        List<Tag> all() {
            return history(name).reversed();
        }

        void append(List<Tag> tags) throws IOException {
            if (tags.isEmpty()) {
                return;
            }
            boolean isNew = !Files.exists(file);
            steps.before("open a stream");
            try (FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                long end = isNew ? 0 : repaired(channel);
                ByteBuffer bytes = TagLog.encode(tags);
                steps.before("append to a stream");
                try {
                    while (bytes.hasRemaining()) {
                        channel.write(bytes, end + bytes.position());
                    }
                    steps.before("sync a stream");
                    channel.force(false);
                } catch (IOException e) {
                    // A part of a record would be dropped by the next writer; take it away while that is possible.
                    channel.truncate(end);
                    throw e;
                }
            }
            if (isNew) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(SHARED_FILE));
                syncFolders(file);
            }
        }

        /** Cuts off a record that a crash has torn. @return where the next one goes */
        private long repaired(FileChannel channel) throws IOException {
            long size = channel.size();
            if (size == 0 || TagLog.endsWhole(channel, name)) {
                return size;
            }
            long end = TagLog.read(channel, name).end();
            if (size - end > TagLog.LONGEST) {
                throw new MayflyException(
                        ErrorCode.CONTENT_CORRUPT,
                        "The tags in " + file + " cannot be changed",
                        "from byte " + end + " on it has no tags of this stream, and that is more than one torn record",
                        "Restore the file from a copy, or cut it off at that byte.");
            }
            steps.before("repair a stream");
            channel.truncate(end);
            return end;
        }

        /** @param tags oldest first; with none the stream is gone */
        void replace(List<Tag> tags) throws IOException {
            steps.before("replace a stream");
            if (!tags.isEmpty()) {
                DurableFile.replace(file, TagLog.encode(tags).array());
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(SHARED_FILE));
            } else if (Files.deleteIfExists(file)) {
                DurableFile.syncDirectory(parent(file));
            }
        }
    }

    private void makeFolders(Path file) throws IOException {
        Path folder = parent(file);
        if (!Files.isDirectory(folder)) {
            steps.before("make folders of a stream");
            Files.createDirectories(folder);
            for (Path each = folder; each.startsWith(tree.root()); each = parent(each)) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(SHARED_FOLDER));
            }
        }
    }

    /** All the way up, since any of them may be new. */
    private void syncFolders(Path file) throws IOException {
        for (Path each = parent(file); each.startsWith(layout.tags()); each = parent(each)) {
            DurableFile.syncDirectory(each);
        }
    }

    private void removeEmptyFolders(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        for (Path each = parent(file); each.startsWith(tree.root()) && !each.equals(tree.root()); each = parent(each)) {
            try {
                Files.deleteIfExists(each);
            } catch (DirectoryNotEmptyException e) {
                return;
            }
        }
    }

    private static Path parent(Path file) {
        Path parent = file.getParent();
        if (parent == null) {
            throw new IllegalArgumentException("not below a folder of tags: " + file);
        }
        return parent;
    }

    private MayflyException failed(String what, IOException e) {
        return Disk.failed(layout.root(), what, e);
    }
}
