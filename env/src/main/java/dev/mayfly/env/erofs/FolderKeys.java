package dev.mayfly.env.erofs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/**
 * The digest of everything that goes into an image, which is known before the image is made. It is one of digests: each
 * folder has its own, of its entries and of the digests of folders among them. So a view that was made of another one needs
 * only those of folders that changed.
 */
final class FolderKeys {
    /** Changed when the same view gets another image. */
    private static final String VERSION = "mayfly erofs 3";

    private static final int NUMBERS = 2 + 4 + 8 + 8 + 4 + Digest.BYTES + 4;

    private final Placement placement;
    private final View view;
    private final MessageDigest sha;
    private final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    /** Of folders, by node; others have {@link Digest#NULL}. */
    private final Digest[] keys;
    /** What stands for each device in the digests of folders: its number depends on what else there is. */
    private final long[] deviceNames;

    private final Digest key;

    /** @param before of the view that this one was made of */
    FolderKeys(Placement placement, Optional<FolderKeys> before) {
        this.placement = placement;
        this.view = placement.view();
        this.keys = new Digest[view.count()];
        List<Device> devices = placement.devices();
        this.deviceNames = new long[devices.size() + 1];
        try {
            this.sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
        for (int i = 0; i < devices.size(); i++) {
            deviceNames[i + 1] = Digest.of(name(devices.get(i))).a();
        }
        // Folders come behind those that they are in.
        for (int node = view.count() - 1; node >= 0; node--) {
            int old = before.isPresent() ? view.origin(node) : -1;
            if (!view.isDirectory(node)) {
                keys[node] = Digest.NULL;
            } else if (old >= 0) {
                keys[node] = before.get().keys[old];
            } else {
                keys[node] = folder(node);
            }
        }
        this.key = whole(devices);
    }

    Digest key() {
        return key;
    }

    private Digest whole(List<Device> devices) {
        put(VERSION.getBytes(StandardCharsets.UTF_8));
        ErofsOptions options = placement.options();
        room(24).putInt(options.uid()).putInt(options.gid()).putLong(options.modified());
        room(8).putInt(options.inlineUpTo()).putInt(view.mode(View.ROOT));
        keys[View.ROOT].put(room(Digest.BYTES));
        devices.forEach(each -> put(name(each)));
        placement.folder().ifPresent(each -> put(each.toString().getBytes(StandardCharsets.UTF_8)));
        return digest();
    }

    private static byte[] name(Device device) {
        return device.file().toString().getBytes(StandardCharsets.UTF_8);
    }

    private Digest folder(int folder) {
        int first = view.firstChild(folder);
        for (int node = first; node < first + view.children(folder); node++) {
            RawName name = view.name(node);
            ByteBuffer to = room(NUMBERS + RawName.LONGEST);
            to.putShort((short) name.length());
            name.put(to);
            to.putInt(view.mode(node)).putLong(view.size(node));
            to.putLong(deviceNames[placement.device(node)]).putInt(placement.block(node));
            (view.isDirectory(node) ? keys[node] : view.object(node)).put(to);
            byte[] path = placement.path(node);
            to.putInt(path.length);
            if (path.length > 0) {
                flush();
                sha.update(path);
            }
        }
        return digest();
    }

    private Digest digest() {
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
