package dev.mayfly.app.env;

import dev.mayfly.app.FrontEnd;
import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.runtime.LiveProcess;
import dev.mayfly.env.served.ServedView;
import dev.mayfly.env.spec.Resolved;
import dev.mayfly.env.view.View;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A folder that shows an environment, until this is closed; a runtime that was started meanwhile keeps it for as long as it
 * lives.
 *
 * @param word of what shows it, for people
 * @param space in whose namespaces the folder is, unless it is seen here
 */
record Front(String word, Path path, Optional<LiveProcess> space, Runnable release) implements AutoCloseable {
    /** Why a front end cannot be had, so that another may do. */
    private static final Set<ErrorCode> LACKING = Set.of(
            ErrorCode.VIEW_UNAVAILABLE,
            ErrorCode.FUSE_MISSING,
            ErrorCode.FUSE_NOT_LOADED,
            ErrorCode.FUSE_DENIED,
            ErrorCode.NAMESPACE_DENIED);

    /** One that is seen in the namespace of this process. */
    static Front here(String word, Path path, Runnable release) {
        return new Front(word, path, Optional.empty(), release);
    }

    @Override
    public void close() {
        release.run();
    }

    static Front show(Resolved resolved, LazyRun lazily, HandedWords words, EnvSession session) {
        FrontEnd choice = words.text("--front-end")
                .map(Front::choice)
                .orElseGet(() -> session.settings().config().get(SettingKeys.ENV_FRONT_END));
        return switch (choice) {
            case EROFS -> erofs(resolved, lazily, session);
            case FUSE -> fuse(resolved, lazily, session);
            case RENDER -> render(resolved, lazily, session);
            case AUTO -> first(resolved, lazily, session);
        };
    }

    private static Front first(Resolved resolved, LazyRun lazily, EnvSession session) {
        try {
            return erofs(resolved, lazily, session);
        } catch (MayflyException e) {
            say("shown through FUSE", e, session);
        }
        try {
            return fuse(resolved, lazily, session);
        } catch (MayflyException e) {
            say("shown as a copy of its files", e, session);
        }
        return render(resolved, lazily, session);
    }

    /** Unless it would be no better another way. */
    private static void say(String instead, MayflyException e, EnvSession session) {
        if (!LACKING.contains(e.code())) {
            throw e;
        }
        session.voice().progress(instead + ", because " + e.what() + ": " + e.why());
    }

    private static FrontEnd choice(String typed) {
        return switch (typed.toLowerCase(Locale.ROOT)) {
            case "auto" -> FrontEnd.AUTO;
            case "erofs" -> FrontEnd.EROFS;
            case "render" -> FrontEnd.RENDER;
            case "fuse" -> FrontEnd.FUSE;
            default ->
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "there is no front end '" + typed + "'",
                        "known are auto, erofs, fuse and render",
                        "for example: --front-end render");
        };
    }

    private static Front erofs(Resolved resolved, LazyRun lazily, EnvSession session) {
        Supplier<View> view = Showing.view(lazily.library(), resolved);
        ViewMount mount =
                lazily.show(resolved, Showing.key(resolved), view, () -> Showing.mount(session, resolved, view));
        return Front.here(lazily.frontEnd(), mount.path(), mount::close);
    }

    private static Front fuse(Resolved resolved, LazyRun lazily, EnvSession session) {
        lazily.fetch(resolved);
        ServedView view = ServedViews.use(resolved, session);
        return new Front("fuse", view.point(), view.space(), view::close);
    }

    private static Front render(Resolved resolved, LazyRun lazily, EnvSession session) {
        lazily.fetch(resolved);
        Path copy = session.renders()
                .shown(
                        Showing.key(resolved),
                        Showing.view(session.library(), resolved),
                        session.repository().payloads(),
                        session.clock().instant());
        return Front.here("render", copy, () -> {});
    }
}
