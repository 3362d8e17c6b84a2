package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.pack.PackEntry;
import dev.mayfly.env.repo.FileRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Copies what is live in some packs to as few new ones as there can be. The old ones stay where they are. */
public record Repacker(FsRepository repository) {
    /** @param live what is to be copied of it */
    public record Source(Pack pack, List<PackEntry> live) {}

    /**
     * All of it comes into use at once, or nothing does.
     *
     * @return the packs that are not needed any more: none when there is no room for the new ones, and not those that have gone or
     *     in which something has rotted
     */
    public List<Pack> copy(List<Source> sources) throws IOException {
        try (Lease lease = repository.lease();
                PackStage stage = repository.packStage(lease)) {
            List<Lease.Kept> kept = new ArrayList<>();
            sources.forEach(source ->
                    source.live().forEach(each -> kept.add(new Lease.Kept(each.kind(), each.digest()))));
            lease.keep(kept);
            List<Pack> copied = new ArrayList<>();
            for (Source each : sources) {
                if (isCopied(each, stage)) {
                    copied.add(each.pack());
                }
            }
            stage.publish(repository.store().packs());
            return copied;
        } catch (IOException e) {
            if (Disk.isFull(e)) {
                return List.of();
            }
            throw e;
        } catch (MayflyException e) {
            if (e.code() == ErrorCode.NO_SPACE) {
                return List.of();
            }
            throw e;
        }
    }

    private boolean isCopied(Source source, PackStage stage) throws IOException {
        try (FileChannel data = FileChannel.open(source.pack().data())) {
            for (PackEntry entry : source.live()) {
                Stage.Spot spot = stage.spot(entry.kind());
                boolean same = false;
                try {
                    // The digest of an object is not that of its bytes, so the checksum says whether they are the same.
                    same = entry.length() <= FsIngest.SMALL
                            ? small(data, entry, spot)
                            : large(source.pack(), entry, spot);
                } finally {
                    if (!same) {
                        spot.drop();
                    }
                }
                if (!same) {
                    return false;
                }
                spot.keep(entry.digest(), entry.length(), entry.checksum());
            }
        } catch (NoSuchFileException e) {
            // Somebody has brought it back from the trash meanwhile; there it is looked for again.
            return false;
        }
        return true;
    }

    private boolean small(FileChannel data, PackEntry entry, Stage.Spot spot) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) entry.length());
        while (bytes.hasRemaining() && data.read(bytes, entry.offset() + bytes.position()) >= 0) {
            // Reads may be short.
        }
        if (bytes.hasRemaining() || Pour.checksum(bytes.array()) != entry.checksum()) {
            return false;
        }
        repository.disk().requireToClean(entry.length());
        Pour.write(spot.channel(), spot.start(), bytes.array());
        return true;
    }

    private boolean large(Pack pack, PackEntry entry, Stage.Spot spot) throws IOException {
        FileRange range = new FileRange(pack.data(), entry.offset(), entry.length());
        try (InputStream content = new Located(range, Optional::empty).open()) {
            Pour.Poured poured =
                    Pour.pour(new byte[0], content, spot.channel(), spot.start(), repository.disk()::requireToClean);
            return poured.checksum() == entry.checksum() && poured.length() == entry.length();
        }
    }
}
