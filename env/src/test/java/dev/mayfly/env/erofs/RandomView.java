package dev.mayfly.env.erofs;

import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import java.util.Random;

/** Trees with everything that is hard: odd names, odd sizes, deep and wide directories, links, all permissions. */
public final class RandomView {
    private final Random random;
    private final TestPayloads payloads;
    private int left;

    private RandomView(long seed, TestPayloads payloads, int left) {
        this.random = new Random(seed);
        this.payloads = payloads;
        this.left = left;
    }

    /** @param entries about how many */
    public static View of(long seed, TestPayloads payloads, int entries) {
        ViewBuilder builder = new ViewBuilder();
        RandomView view = new RandomView(seed, payloads, entries);
        while (view.left > 0) {
            view.fill(builder.root(), 0);
        }
        return builder.build();
    }

    private void fill(ViewBuilder.Node folder, int depth) {
        int entries = random.nextInt(4) == 0 ? random.nextInt(400) : random.nextInt(12);
        for (int i = 0; i < entries && left > 0; i++) {
            left--;
            RawName name = name();
            int kind = random.nextInt(10);
            if (kind < 3 && depth < 30) {
                fill(folder.directory(name, FileMode.DIRECTORY | 0500 | random.nextInt(010000)), depth + 1);
            } else if (kind == 3) {
                byte[] target = new byte[1 + random.nextInt(random.nextInt(5) == 0 ? 4095 : 80)];
                java.util.Arrays.fill(target, (byte) ('a' + random.nextInt(26)));
                folder.file(name, FileMode.SYMLINK | 0777, payloads.put(target), target.length);
            } else {
                byte[] content = new byte[size()];
                random.nextBytes(content);
                folder.file(
                        name, FileMode.REGULAR | 0400 | random.nextInt(010000), payloads.put(content), content.length);
            }
        }
    }

    private int size() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextInt(64);
            case 2 -> 4096 * random.nextInt(5);
            case 3 -> 4096 * (1 + random.nextInt(4)) + random.nextInt(3) - 1;
            default -> random.nextInt(20000);
        };
    }

    private RawName name() {
        while (true) {
            byte[] name = new byte[random.nextInt(8) == 0 ? 1 + random.nextInt(255) : 1 + random.nextInt(14)];
            for (int i = 0; i < name.length; i++) {
                // Much around the dot, because entries are sorted with . and .. among them.
                int odd = random.nextInt(3);
                name[i] = (byte)
                        (odd == 0
                                ? '+' + random.nextInt(4)
                                : odd == 1 ? random.nextInt(256) : 'a' + random.nextInt(26));
            }
            if (RawName.fits(name)) {
                return RawName.of(name);
            }
        }
    }
}
