package dev.mayfly.env.served;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.env.object.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * All that a served view is a function of, so that each server of it answers alike.
 *
 * @param uid who owns all files, and {@code gid}
 * @param layers from bottom to top
 * @param points what folders and files of this machine are to be mounted on
 */
public record ViewRequest(int uid, int gid, List<Digest> layers, List<MountPoint> points) {
    private static final HexFormat HEX = HexFormat.of();
    private static final String FOLDER = "folder";
    private static final String FILE = "file";
    private static final int OWNER = 3;
    private static final int SHORT = 16;

    /** @param path below the root of the view, with slashes between names */
    public record MountPoint(String path, boolean folder) {}

    public ViewRequest {
        layers = List.copyOf(layers);
        points = List.copyOf(points);
    }

    /** A short name of its own: sockets have short paths. */
    String name() {
        Sha256 sum = Sha256.start();
        byte[] text = text().getBytes(StandardCharsets.US_ASCII);
        sum.update(text, 0, text.length);
        return Digest.of(sum.digest()).toString().substring(0, SHORT);
    }

    String text() {
        StringBuilder text = new StringBuilder("owner " + uid + " " + gid + "\n");
        layers.forEach(each -> text.append("layer ").append(each).append('\n'));
        points.forEach(each -> text.append(each.folder() ? FOLDER : FILE)
                .append(' ')
                .append(HEX.formatHex(each.path().getBytes(StandardCharsets.UTF_8)))
                .append('\n'));
        return text.toString();
    }

    /** Empty when it is not what {@link #text} gives. */
    static Optional<ViewRequest> parse(String text) {
        List<String> lines = text.lines().toList();
        List<Digest> layers = new ArrayList<>();
        List<MountPoint> points = new ArrayList<>();
        try {
            String[] owner = lines.getFirst().split(" ", -1);
            if (owner.length != OWNER || !owner[0].equals("owner")) {
                return Optional.empty();
            }
            for (String line : lines.subList(1, lines.size())) {
                int blank = line.indexOf(' ');
                String value = line.substring(blank + 1);
                switch (line.substring(0, blank)) {
                    case "layer" -> layers.add(Digest.parse(value).orElseThrow());
                    case FOLDER -> points.add(new MountPoint(unhex(value), true));
                    case FILE -> points.add(new MountPoint(unhex(value), false));
                    default -> {
                        return Optional.empty();
                    }
                }
            }
            return Optional.of(new ViewRequest(Integer.parseInt(owner[1]), Integer.parseInt(owner[2]), layers, points));
        } catch (RuntimeException e) {
            return Optional.empty(); // numbers, digests, or parts that are no such thing
        }
    }

    private static String unhex(String value) {
        return new String(HEX.parseHex(value), StandardCharsets.UTF_8);
    }
}
