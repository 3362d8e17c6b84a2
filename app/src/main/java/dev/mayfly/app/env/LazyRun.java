package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.lazy.LazyContents;
import dev.mayfly.env.lazy.LazyPlan;
import dev.mayfly.env.lazy.LazyRequest;
import dev.mayfly.env.lazy.LazyView;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.layered.ProxyRepository;
import dev.mayfly.env.spec.Resolved;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Shows an environment before its contents are here: with {@code --lazy}, or when it is not in the repository of this machine
 * and an origin is configured. What is here already is shown as ever.
 */
final class LazyRun implements AutoCloseable {
    private final HandedWords words;
    private final EnvSession session;
    private final String spec;
    private final Optional<Repository> origin;
    private final Library library;
    private Optional<LazyView.Use> use = Optional.empty();

    private LazyRun(HandedWords words, EnvSession session, String spec, Optional<Repository> origin) {
        this.words = words;
        this.session = session;
        this.spec = spec;
        this.origin = origin;
        this.library = origin.map(each -> session.library(both(each), List.of(session.repository(), each)))
                .orElseGet(session::library);
    }

    static LazyRun of(HandedWords words, EnvSession session, String spec) {
        boolean elsewhere = words.on("--lazy")
                || session.settings().config().find(SettingKeys.ENV_ORIGIN).isPresent();
        if (!elsewhere || isHere(session, spec)) {
            return new LazyRun(words, session, spec, Optional.empty());
        }
        return new LazyRun(words, session, spec, Optional.of(Repositories.remote("origin", session)));
    }

    /** An object that is here is whole, with everything below it: repositories publish children first. */
    private static boolean isHere(EnvSession session, String spec) {
        try {
            session.library().resolve(spec);
            return true;
        } catch (MayflyException e) {
            if (e.code() != ErrorCode.REF_UNKNOWN && e.code() != ErrorCode.CONTENT_MISSING) {
                throw e;
            }
            return false;
        }
    }

    private ProxyRepository both(Repository other) {
        return new ProxyRepository(session.repository(), List.of(other), true);
    }

    /** That finds what is here, and else what is in the origin. */
    Library library() {
        return library;
    }

    /**
     * @param parts whatever the view is a function of, in order
     * @param usually how to show what is here
     */
    ViewMount show(Resolved resolved, List<Digest> parts, Supplier<View> view, Supplier<ViewMount> usually) {
        return origin.map(each -> show(each, resolved, parts, view.get(), usually))
                .orElseGet(usually);
    }

    private ViewMount show(
            Repository from, Resolved resolved, List<Digest> parts, View view, Supplier<ViewMount> usually) {
        LazyRequest request = new LazyRequest(spec, resolved.stack());
        Map<Digest, Long> lacking =
                LazyContents.lacking(view, session.repository().payloads());
        if (lacking.isEmpty()) {
            copy(from, request);
            return usually.get();
        }
        LazyPlan plan = LazyPlan.of(lacking);
        LazyView.Use shown = LazyView.use(folder(session), parts, plan, request, this::start);
        use = Optional.of(shown);
        LazyContents contents =
                new LazyContents(session.repository().payloads(), both(from).payloads(), plan, shown.device());
        ViewMount mounted = session.shown().unremembered(view, contents);
        shown.mounted(mounted.key());
        return mounted;
    }

    /** Brings here whatever is only in the origin, for who shows a copy of the files. */
    void fetch(Resolved resolved) {
        origin.ifPresent(from -> copy(from, new LazyRequest(spec, resolved.stack())));
    }

    private void copy(Repository from, LazyRequest request) {
        try (Progress progress = Progress.of("copied", words, session)) {
            new Copier(CopyOptions.USUAL.checking(), new CopyVoice(progress))
                    .copy(from, session.repository(), request.wanted(from));
        }
    }

    static Path folder(EnvSession session) {
        return session.settings().home().resolve("env").resolve("lazy");
    }

    private void start(Path folder) throws IOException {
        ProcessBuilder server = new ProcessBuilder(session.again("feed", folder))
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        // This very program is to run, however new its sources are.
        server.environment().put("MAYFLY_NO_BUILD", "1");
        server.start();
    }

    /** The word of what shows the view, for people. */
    String frontEnd() {
        return use.isPresent() ? "erofs-lazy" : "erofs";
    }

    @Override
    public void close() {
        use.ifPresent(LazyView.Use::close);
        origin.ifPresent(Repository::close);
    }
}
