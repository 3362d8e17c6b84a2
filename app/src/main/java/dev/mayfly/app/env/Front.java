package dev.mayfly.app.env;

import dev.mayfly.app.FrontEnd;
import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.spec.Resolved;
import dev.mayfly.env.view.View;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * A folder that shows an environment, until this is closed; a runtime that was started meanwhile keeps it for as long as it
 * lives.
 *
 * @param word of what shows it, for people
 */
record Front(String word, Path path, Runnable release) implements AutoCloseable {
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
            case RENDER -> render(resolved, lazily, session);
            case AUTO -> {
                try {
                    yield erofs(resolved, lazily, session);
                } catch (MayflyException e) {
                    if (e.code() != ErrorCode.VIEW_UNAVAILABLE) {
                        throw e;
                    }
                    session.voice().progress("shown as a copy of its files, because " + e.what() + ": " + e.why());
                    yield render(resolved, lazily, session);
                }
            }
        };
    }

    private static FrontEnd choice(String typed) {
        return switch (typed.toLowerCase(Locale.ROOT)) {
            case "auto" -> FrontEnd.AUTO;
            case "erofs" -> FrontEnd.EROFS;
            case "render" -> FrontEnd.RENDER;
            case "fuse" ->
                throw new MayflyException(
                        ErrorCode.VIEW_UNAVAILABLE,
                        "a runtime is not shown through FUSE",
                        "its server would end with this command, and what it left in the background would lose its files",
                        "--front-end render works without root, too");
            default ->
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "there is no front end '" + typed + "'",
                        "known are auto, erofs and render",
                        "for example: --front-end render");
        };
    }

    private static Front erofs(Resolved resolved, LazyRun lazily, EnvSession session) {
        Supplier<View> view = Showing.view(lazily.library(), resolved);
        ViewMount mount =
                lazily.show(resolved, Showing.key(resolved), view, () -> Showing.mount(session, resolved, view));
        return new Front(lazily.frontEnd(), mount.path(), mount::close);
    }

    private static Front render(Resolved resolved, LazyRun lazily, EnvSession session) {
        lazily.fetch(resolved);
        Path copy = session.renders()
                .shown(
                        Showing.key(resolved),
                        Showing.view(session.library(), resolved),
                        session.repository().payloads(),
                        session.clock().instant());
        return new Front("render", copy, () -> {});
    }
}
