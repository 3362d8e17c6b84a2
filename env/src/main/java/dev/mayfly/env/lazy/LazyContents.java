package dev.mayfly.env.lazy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.erofs.Contents;
import dev.mayfly.env.lazy.LazyPlan.Part;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Contents of which some are still to come: what is here lies where it lies, the rest in the file of a plan. Targets of links
 * are part of an image, so they are asked for when it is made.
 *
 * @param here payloads of this machine
 * @param anywhere the same and what can be fetched, checked
 * @param device what {@code FuseServer.feed} shows
 */
public record LazyContents(Payloads here, Payloads anywhere, LazyPlan plan, Path device) implements Contents {
    /** What a view lacks on this machine, in the order of its nodes: neighbours in a folder are often read together. */
    public static Map<Digest, Long> lacking(View view, Payloads here) {
        Map<Digest, Long> lacking = new LinkedHashMap<>();
        for (int node = 0; node < view.count(); node++) {
            Digest payload = view.object(node);
            if (view.isRegular(node)
                    && view.size(node) > 0
                    && !lacking.containsKey(payload)
                    && here.find(payload).flatMap(Payload::range).isEmpty()) {
                lacking.put(payload, view.size(node));
            }
        }
        return lacking;
    }

    @Override
    public Place place(Digest payload, long size) {
        Optional<Part> coming = plan.part(payload);
        if (coming.isPresent()) {
            return new Place.InFile(
                    new FileRange(device, coming.get().offset(), coming.get().size()));
        }
        return Contents.of(here).place(payload, size);
    }

    @Override
    public byte[] bytes(Digest payload, long size) {
        Payload found = anywhere.find(payload)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.CONTENT_MISSING,
                        "the payload " + payload + " is not there",
                        "a link of the environment has it as its target",
                        "push the environment again from where it was made"));
        try (InputStream in = found.open()) {
            byte[] bytes = in.readNBytes(Math.toIntExact(size) + 1);
            if (bytes.length != size || !Digest.of(bytes).equals(payload)) {
                throw new MayflyException(
                        ErrorCode.CONTENT_CORRUPT,
                        "the payload " + payload + " is not what its entry says",
                        "it should have " + size + " bytes and this digest",
                        "check the repository that it came from");
            }
            return bytes;
        } catch (IOException e) {
            if (e.getCause() instanceof MayflyException known) {
                throw known;
            }
            throw new MayflyException(
                    ErrorCode.CONTENT_CORRUPT,
                    "the payload " + payload + " cannot be read",
                    String.valueOf(e.getMessage()),
                    "check the repository that it came from",
                    e);
        }
    }
}
