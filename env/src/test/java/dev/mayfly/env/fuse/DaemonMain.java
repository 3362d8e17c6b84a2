package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.Libc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server in a process of its own, to be killed: {@code SOCKET POINT STORE SEED NODES DIARY}. */
final class DaemonMain {
    private DaemonMain() {}

    public static void main(String[] args) throws Exception {
        Path store = Path.of(args[2]);
        SomeFiles files = SomeFiles.random(store, Long.parseLong(args[3]), Integer.parseInt(args[4]));
        View view = files.view();
        int user = Libc.effectiveUserId();
        FuseOptions options = FuseOptions.plain(store.resolve("spool")).owner(user, user);
        Path diary = Path.of(args[5]);
        try (HeldMount mount = HeldMount.join(Path.of(args[0]), Path.of(args[1]));
                FuseServer server = FuseServer.standBy(view, files::find, options, mount.devices(), Log.off())) {
            Files.write(diary, "waiting\n".getBytes(StandardCharsets.UTF_8));
            int before = mount.awaitTurn();
            server.serve(before);
            Files.write(diary, ("serving " + before + "\n").getBytes(StandardCharsets.UTF_8));
            server.await();
        }
    }
}
