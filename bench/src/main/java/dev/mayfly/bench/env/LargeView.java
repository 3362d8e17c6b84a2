package dev.mayfly.bench.env;

import dev.mayfly.env.erofs.Contents;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import java.nio.file.Path;

/** A view of as many files as one likes that takes no room on the disk: all have the same block as their content. */
public final class LargeView {
    private static final int FILES_PER_FOLDER = 100;
    private static final int FOLDERS_PER_FOLDER = 100;
    private static final int BLOCK = 4096;

    private LargeView() {}

    public static View of(int files) {
        ViewBuilder builder = new ViewBuilder();
        Digest content = Digest.of(new byte[BLOCK]);
        ViewBuilder.Node folder = builder.root();
        ViewBuilder.Node upper = builder.root();
        for (int i = 0; i < files; i++) {
            if (i % (FILES_PER_FOLDER * FOLDERS_PER_FOLDER) == 0) {
                upper = builder.root().directory(RawName.of("part-" + i), FileMode.DIRECTORY | 0755);
            }
            if (i % FILES_PER_FOLDER == 0) {
                folder = upper.directory(RawName.of("package-" + i), FileMode.DIRECTORY | 0755);
            }
            folder.file(RawName.of("module-" + i + ".so"), FileMode.REGULAR | 0644, content, BLOCK);
        }
        return builder.build();
    }

    /** @param block a file of 4096 bytes */
    public static Contents contents(Path block) {
        return new Contents() {
            @Override
            public Place place(Digest payload, long size) {
                return new Place.InFile(new FileRange(block, 0, BLOCK));
            }

            @Override
            public byte[] bytes(Digest payload, long size) {
                return new byte[BLOCK];
            }
        };
    }
}
