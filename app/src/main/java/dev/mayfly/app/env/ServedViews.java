package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.runtime.Identity;
import dev.mayfly.env.served.ServedView;
import dev.mayfly.env.served.ViewRequest;
import dev.mayfly.env.served.ViewServer;
import dev.mayfly.env.spec.Resolved;
import dev.mayfly.platform.linux.Libc;
import java.io.IOException;
import java.nio.file.Path;

/** Views that a server of our own answers for, and the process that does. */
final class ServedViews {
    private ServedViews() {}

    static ServedView use(Resolved resolved, EnvSession session) {
        Identity own = Identity.own();
        ViewRequest request =
                new ViewRequest(own.uid(), own.gid(), resolved.digests(), LiveLayers.mountPoints(resolved.live()));
        return ServedView.use(
                folder(session), request, Libc.effectiveUserId() != 0, place -> session.again("serve-view", place));
    }

    static int prune(EnvSession session) {
        return ServedView.prune(folder(session));
    }

    static int serve(HandedWords words, EnvSession session) throws InterruptedException {
        Path place = Path.of(words.argument(0));
        Library library = session.library();
        try {
            ViewServer.run(
                    place,
                    request -> Showing.view(library, library.flatten(request.layers()), request.points()),
                    session.repository().payloads()::find,
                    session.settings().serviceLog());
        } catch (IOException e) {
            throw session.unreadable("the folder of the view at " + place, e);
        }
        return ExitCode.GREEN.number();
    }

    /** Of this user: what a user may not read is not served by another's server. */
    private static Path folder(EnvSession session) {
        return session.settings().home().resolve("env").resolve("fuse");
    }
}
