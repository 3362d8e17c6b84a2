package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.edit.Change;
import dev.mayfly.env.edit.Reset;
import dev.mayfly.platform.linux.BoundMount;
import dev.mayfly.platform.linux.CallResult;
import dev.mayfly.platform.linux.Errno;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Whether a runtime can be changed, and changes taken back. */
final class EditOperations {
    private EditOperations() {}

    /** With a spec it is a shell in a runtime that can be edited; without one it is about the runtime it is started in. */
    static int edit(HandedWords words, EnvSession session) throws InterruptedException {
        if (!words.arguments().isEmpty()) {
            if (words.on("--off")) {
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "--off is about the runtime that it is said in",
                        "and " + words.argument(0) + " opens another one",
                        "mayfly env shell " + words.argument(0) + " opens it read-only");
            }
            Map<String, String> options = new HashMap<>(words.options());
            options.put("--edit", "true");
            return RunOperations.shell(new HandedWords(words.command(), options, words.arguments()), session);
        }
        CurrentRuntime runtime = CurrentRuntime.of(session);
        Path _ = runtime.upper(); // or it says what to do instead
        if (words.on("--keep") && !runtime.record().durable()) {
            throw new MayflyException(
                    ErrorCode.NOT_EDITABLE,
                    "the runtime " + runtime.id() + " keeps its changes in memory",
                    "they cannot move to disk while processes use them",
                    "commit them (mayfly env commit layer), and start one that keeps: mayfly env edit --keep --name work "
                            + runtime.spec() + "+THAT_LAYER");
        }
        boolean off = words.on("--off");
        CallResult done = BoundMount.readOnly(runtime.record().target(), off);
        if (!done.ok()) {
            throw refused(runtime, done);
        }
        String state = off ? "read-only; what was changed is kept" : "editable";
        session.output(words)
                .value(
                        "the runtime " + runtime.id() + " is " + state,
                        JsonObject.of().with("runtime", runtime.id().text()).with("editable", !off));
        return ExitCode.GREEN.number();
    }

    private static MayflyException refused(CurrentRuntime runtime, CallResult done) {
        String what = "the runtime " + runtime.id() + " stays as it is";
        if (done.failedWith(Errno.EBUSY)) {
            return new MayflyException(
                    ErrorCode.CONFLICT,
                    what,
                    "a process has a file of it open for writing",
                    "end that process, and try again");
        }
        return new MayflyException(
                ErrorCode.NAMESPACE_DENIED,
                what,
                "mount_setattr(2) says " + done.errno().describe(),
                runtime.record().ownUserNamespace()
                        ? "only root can; the runtime of another user stays as it was started"
                        : "say it as root, in a shell of that runtime: mayfly env join " + runtime.id());
    }

    static int reset(HandedWords words, EnvSession session) {
        CurrentRuntime runtime = CurrentRuntime.of(session);
        Path target = runtime.record().target();
        Path _ = runtime.upper();
        List<Change> changes = runtime.changes();
        if (MountTable.read().at(target).filter(MountTable.Row::readOnly).isPresent()) {
            throw new MayflyException(
                    ErrorCode.NOT_EDITABLE,
                    "nothing was taken back",
                    "the runtime " + runtime.id() + " is read-only since: mayfly env edit --off",
                    "mayfly env edit, and then this again");
        }
        List<Change> chosen = words.arguments().isEmpty()
                ? changes
                : Reset.select(
                        changes,
                        words.arguments().stream()
                                .map(glob -> fromRoot(glob, target))
                                .toList());
        if (chosen.isEmpty()) {
            session.voice()
                    .progress(
                            changes.isEmpty()
                                    ? "nothing is changed in this runtime"
                                    : "none of the " + changes.size() + " changes fits; see: mayfly env diff");
        }
        new Reset(runtime.below(), session.repository().payloads()).apply(target, chosen);
        session.output(words).table(CurrentRuntime.rows(chosen), List.of("change", "path"));
        return ExitCode.GREEN.number();
    }

    /** A path as a shell completes it stands for one from the root of the environment. */
    private static String fromRoot(String glob, Path target) {
        String prefix = target + "/";
        return glob.startsWith(prefix) ? glob.substring(target.toString().length()) : glob;
    }
}
