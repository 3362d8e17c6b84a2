package dev.mayfly.env.erofs;

import dev.mayfly.env.object.Digest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What stands behind an image in its file, where EROFS does not look: the devices and the folder below, then the key of the image, the length of
 * the list of devices, the CRC-32C of everything before, and a mark. Big-endian.
 *
 * @param list bytes of the list of devices
 * @param sum of everything before it in the file
 */
record Trailer(Digest key, int list, int sum) {
    static final int BYTES = Digest.BYTES + 4 + 4 + 8;
    /** From the end of the file to the sum. */
    static final int SUM_TO_END = 4 + 8;

    private static final long MARK = 0x6d61796665726f31L; // "mayfero1"
    private static final int DEVICE_NUMBERS = 8 + 4;

    static ByteBuffer list(List<Device> devices) {
        List<byte[]> names = devices.stream()
                .map(each -> each.file().toString().getBytes(StandardCharsets.UTF_8))
                .toList();
        int bytes =
                names.stream().mapToInt(each -> each.length + DEVICE_NUMBERS).sum();
        ByteBuffer list = ByteBuffer.allocate(bytes);
        for (int i = 0; i < devices.size(); i++) {
            list.putLong(devices.get(i).length()).putInt(names.get(i).length).put(names.get(i));
        }
        return list.flip();
    }

    /** Of a list whose sum was right. */
    static List<Device> places(ByteBuffer list) {
        List<Device> devices = new ArrayList<>();
        while (list.hasRemaining()) {
            long length = list.getLong();
            byte[] name = new byte[list.getInt()];
            list.get(name);
            devices.add(new Device(Path.of(new String(name, StandardCharsets.UTF_8)), length));
        }
        return devices;
    }

    /** Up to the sum, which is not known yet. */
    static ByteBuffer head(Digest key, int list) {
        ByteBuffer head = ByteBuffer.allocate(Digest.BYTES + 4);
        key.put(head);
        return head.putInt(list).flip();
    }

    static ByteBuffer tail(int sum) {
        return ByteBuffer.allocate(SUM_TO_END).putInt(sum).putLong(MARK).flip();
    }

    /** Empty when it is none. */
    static Optional<Trailer> read(ByteBuffer bytes) {
        byte[] key = new byte[Digest.BYTES];
        bytes.get(key);
        int list = bytes.getInt();
        int sum = bytes.getInt();
        return bytes.getLong() == MARK ? Optional.of(new Trailer(Digest.at(key, 0), list, sum)) : Optional.empty();
    }
}
