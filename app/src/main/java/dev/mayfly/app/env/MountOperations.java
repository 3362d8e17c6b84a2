package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.spec.Resolved;
import dev.mayfly.platform.linux.BoundMount;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Errno;
import dev.mayfly.platform.linux.MountFailure;
import dev.mayfly.platform.linux.NewMount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Shows environments read-only at folders, for all processes, until they are unmounted. */
final class MountOperations {
    private MountOperations() {}

    static int mount(HandedWords words, EnvSession session) {
        if (words.arguments().isEmpty()) {
            return list(words, session);
        }
        if (words.arguments().size() == 1) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "where is " + words.argument(0) + " to be seen?",
                    "mount takes an environment and a folder",
                    "for example: mayfly env mount " + words.argument(0) + " /mnt");
        }
        Path at = folder(words.argument(1));
        Resolved resolved = session.library().resolve(words.argument(0));
        if (!resolved.live().isEmpty()) {
            throw new MayflyException(
                    ErrorCode.ENV_SPEC_INVALID,
                    words.argument(0) + " cannot be mounted",
                    "it has live layers, which are folders of this machine",
                    "only a runtime can show those: mayfly env run " + words.argument(0) + " -- …");
        }
        MountRegistry registry = session.mounted();
        if (registry.find(at).filter(each -> each.isThere(MountTable.read())).isPresent()) {
            throw new MayflyException(
                    ErrorCode.CONFLICT,
                    "an environment is mounted at " + at + " already",
                    "see: mayfly env mount",
                    "mayfly env unmount " + at);
        }
        List<Digest> layers = resolved.digests();
        try (ViewMount shown = Showing.mount(session, resolved)) {
            String device = MountTable.read()
                    .at(shown.path())
                    .map(MountTable.Row::device)
                    .orElseThrow();
            var mounted = new MountRegistry.Mounted(
                    at, words.argument(0), layers, device, session.clock().instant());
            registry.add(mounted);
            bind(shown.path(), at, registry);
            session.output(words).value("mounted " + words.argument(0) + " at " + at, mounted.json());
        }
        return ExitCode.GREEN.number();
    }

    private static void bind(Path view, Path at, MountRegistry registry) {
        boolean done = false;
        try {
            BoundMount.bind(view, at);
            done = true;
        } catch (MountFailure e) {
            throw new MayflyException(
                    e.errno().number() == Errno.EPERM.number()
                            ? ErrorCode.NAMESPACE_DENIED
                            : ErrorCode.VIEW_UNAVAILABLE,
                    "nothing can be mounted at " + at,
                    String.valueOf(e.getMessage()),
                    "mounting for all processes takes root: sudo mayfly env mount …",
                    e);
        } finally {
            if (!done) {
                registry.remove(at);
            }
        }
    }

    private static Path folder(String typed) {
        Path path = Path.of(typed).toAbsolutePath().normalize();
        try {
            Path real = path.toRealPath();
            if (Files.isDirectory(real)) {
                return real;
            }
        } catch (IOException e) {
            // Said below.
        }
        throw new MayflyException(
                ErrorCode.MOUNT_POINT_MISSING,
                "nothing can be mounted at " + path,
                Files.exists(path) ? "it is no folder" : "there is no such folder",
                "mkdir -p " + path);
    }

    private static int list(HandedWords words, EnvSession session) {
        MountTable table = MountTable.read();
        List<JsonObject> rows = session.mounted().all().stream()
                .map(each -> each.json().with("state", each.isThere(table) ? "mounted" : "gone"))
                .toList();
        session.output(words).table(rows, List.of("at", "ref", "state", "since"));
        return ExitCode.GREEN.number();
    }

    static int unmount(HandedWords words, EnvSession session) {
        Path typed = Path.of(words.argument(0)).toAbsolutePath().normalize();
        MountRegistry registry = session.mounted();
        MountRegistry.Mounted mounted = registry.find(typed)
                .or(() -> registry.find(real(typed)))
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.NOT_FOUND,
                        "no environment is mounted at " + typed,
                        "none was mounted there by: mayfly env mount",
                        "mayfly env mount shows those that are"));
        if (mounted.isThere(MountTable.read())) {
            take(mounted.at(), words.on("--lazy"));
        }
        registry.remove(mounted.at());
        session.output(words)
                .value(
                        "unmounted " + mounted.at(),
                        JsonObject.of().with("unmounted", mounted.at().toString()));
        return ExitCode.GREEN.number();
    }

    private static Path real(Path typed) {
        try {
            return typed.toRealPath();
        } catch (IOException e) {
            return typed;
        }
    }

    private static void take(Path at, boolean lazy) {
        CallResult done = lazy ? NewMount.detach(at) : NewMount.unmount(at);
        if (done.failedWith(Errno.EBUSY)) {
            throw new MayflyException(
                    ErrorCode.CONFLICT,
                    at + " is not unmounted",
                    "a process uses files there, or is in a folder of it",
                    "end it (fuser -vm " + at + " names it), or: mayfly env unmount --lazy " + at);
        }
        if (!done.ok()) {
            throw new MayflyException(
                    ErrorCode.NAMESPACE_DENIED,
                    at + " is not unmounted",
                    done.errno().describe(),
                    "it takes root: sudo mayfly env unmount " + at);
        }
    }
}
