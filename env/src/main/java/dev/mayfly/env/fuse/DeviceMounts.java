package dev.mayfly.env.fuse;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;

/** What a mount shows that has one file, a {@link DeviceFile}. */
public final class DeviceMounts {
    /** Of the file, in the root of the mount. */
    public static final String NAME = "pack";

    static final int NODE = View.ROOT + 1;

    private static final int MODE = FileMode.REGULAR | 0400;

    private DeviceMounts() {}

    static View view(long length) {
        ViewBuilder view = new ViewBuilder();
        view.root().mode(FileMode.DIRECTORY | 0500);
        view.root().file(RawName.of(NAME), MODE, Digest.NULL, length);
        return view.build();
    }
}
