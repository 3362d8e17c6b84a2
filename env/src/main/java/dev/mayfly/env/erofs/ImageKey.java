package dev.mayfly.env.erofs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The digest of everything that goes into an image, which is known before the image is made. */
final class ImageKey {
    /** Changed when the same view gets another image. */
    private static final String VERSION = "mayfly erofs 1";

    private static final int NUMBERS = 4 + 8 + Digest.BYTES + 4 + 4 + 4 + 2;

    private final ErofsOptions options;
    private final Placement placement;
    private final MessageDigest sha;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);

    ImageKey(ErofsOptions options, Placement placement) {
        this.options = options;
        this.placement = placement;
        try {
            this.sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    Digest of(View view) {
        put(VERSION.getBytes(StandardCharsets.UTF_8));
        room(24).putInt(options.uid()).putInt(options.gid()).putLong(options.modified());
        room(8).putInt(options.inlineUpTo()).putInt(view.count());
        for (int node = 0; node < view.count(); node++) {
            ByteBuffer to = room(NUMBERS + RawName.LONGEST);
            to.putInt(view.mode(node)).putLong(view.size(node));
            view.object(node).put(to);
            to.putInt(view.children(node)).putInt(placement.device(node)).putInt(placement.block(node));
            if (node == View.ROOT) {
                to.putShort((short) 0);
            } else {
                RawName name = view.name(node);
                to.putShort((short) name.length());
                name.put(to);
            }
            byte[] path = placement.path(node);
            if (path.length > 0) {
                put(path);
            }
        }
        for (Device each : placement.devices()) {
            put(each.file().toString().getBytes(StandardCharsets.UTF_8));
        }
        placement.folder().ifPresent(each -> put(each.toString().getBytes(StandardCharsets.UTF_8)));
        flush();
        return Digest.at(sha.digest(), 0);
    }

    private void put(byte[] bytes) {
        room(4).putInt(bytes.length);
        flush();
        sha.update(bytes);
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            flush();
        }
        return buffer;
    }

    private void flush() {
        sha.update(buffer.array(), 0, buffer.position());
        buffer.clear();
    }
}
