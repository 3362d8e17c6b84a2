package dev.mayfly.env.repo.fs;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.pack.PackEntry;
import dev.mayfly.env.repo.FileRange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Copies what is live in a pack to a new one. The old one stays where it is. */
public record Repacker(FsRepository repository) {
    /**
     * @return the contents copied
     * @throws MayflyException {@code CONTENT_CORRUPT} when one of them has rotted; nothing has changed then
     */
    public int copy(Pack pack, List<PackEntry> live) throws IOException {
        try (Lease lease = repository.lease();
                PackStage stage = repository.packStage(lease)) {
            List<Lease.Kept> kept = new ArrayList<>();
            live.forEach(each -> kept.add(new Lease.Kept(each.kind(), each.digest())));
            lease.keep(kept);
            for (PackEntry each : live) {
                copy(pack.data(), each, stage);
            }
            stage.publish();
            return live.size();
        }
    }

    private void copy(Path data, PackEntry entry, PackStage stage) throws IOException {
        FileRange range = new FileRange(data, entry.offset(), entry.length());
        Stage.Spot spot = stage.spot(entry.kind());
        Pour.Poured poured;
        try (InputStream content = new Located(range, Optional::empty).open()) {
            poured = Pour.pour(new byte[0], content, spot.channel(), spot.start(), repository.disk()::require);
        }
        // The digest of an object is not that of its bytes, so the checksum says whether they are the same.
        if (poured.checksum() != entry.checksum() || poured.length() != entry.length()) {
            spot.drop();
            throw new MayflyException(
                    ErrorCode.CONTENT_CORRUPT,
                    "The pack " + data + " cannot be rewritten",
                    "the content of " + entry.digest() + " in it has changed",
                    "Check this repository deeply and heal it from another one.");
        }
        spot.keep(entry.digest(), entry.length(), poured.checksum());
    }
}
