package dev.mayfly.env.gc;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.PackFolder;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Held;
import dev.mayfly.env.repo.fs.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Removes what nothing reaches. Others write meanwhile, and never wait for it.
 *
 * <p>First it marks what tags, leases and young content reach. What is not marked goes to the trash, where it is still found
 * by who looks for it. Then it looks again for what was wanted since the marking, and brings that back. Trash that is older
 * than the grace is doubted: nothing comes back out of it from then on. When a last look finds that nobody has wanted any of
 * it before, it goes for good. {@code STORE.md} has the proof.
 */
public final class Collector {
    /** After so many looks that each found something of it wanted, the next collection may purge. */
    private static final int LOOKS = 16;

    private final FsRepository repository;
    private final Duration grace;
    private final Supplier<Collection<Digest>> shown;

    /**
     * @param grace how long content stays that nothing reaches, both before it goes to the trash and there
     * @param shown what runtimes show that hold no lease
     */
    public Collector(FsRepository repository, Duration grace, Supplier<Collection<Digest>> shown) {
        this.repository = repository;
        this.grace = grace;
        this.shown = shown;
    }

    /** @throws MayflyException {@code CONFLICT} when somebody collects already */
    public CollectReport run() {
        try (Held _ = repository.collectorLock().collect().orElseThrow(this::busy)) {
            return new Run().run();
        } catch (IOException | UncheckedIOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "Collecting garbage in " + repository.address() + " failed",
                    e.getClass().getSimpleName() + ": " + e.getMessage(),
                    "Nothing that is reached was lost; look at the disk and collect again.",
                    e);
        }
    }

    private MayflyException busy() {
        return new MayflyException(
                ErrorCode.CONFLICT,
                "Garbage is not collected in " + repository.address(),
                "somebody else does so at this moment",
                "Wait until that is done.");
    }

    /** One collection. */
    private final class Run {
        private final Instant start = repository.opening().clock().instant();
        private final Reach reach = new Reach(repository);
        private final Trash trash = new Trash(repository, start, start.minus(grace));
        private final Wants wants = new Wants(repository.layout());
        private long revived;

        CollectReport run() throws IOException {
            step("begin to collect");
            requireWhole();
            trash.trust();
            removeEnded();
            step("mark");
            reach.follow(tagged(), _ -> {});
            reach.follow(shown.get(), _ -> {});
            look(_ -> {});
            // What is young may be named by somebody soon, and then all that it names is named as well.
            trash.young(Kind.OBJECT, digest -> reach.follow(List.of(digest), _ -> {}));
            step("discard");
            trash.discard(reach, () -> look(_ -> {}));
            step("look again");
            reach.follow(tagged(), _ -> {});
            reach.follow(shown.get(), _ -> {});
            look(_ -> {});
            revived += trash.reviveReached(reach);
            long purged = purge();
            removeEnded();
            repository.reserve().take();
            return new CollectReport(
                    reach.count(), trash.discarded(), trash.packs(), trash.rewritten(), revived, purged);
        }

        /** Objects that cannot be found may name what can. */
        private void requireWhole() throws IOException {
            for (PackFolder packs :
                    List.of(repository.store().packs(), repository.store().trashPacks())) {
                for (Path each : packs.damaged()) {
                    throw new MayflyException(
                            ErrorCode.CONTENT_CORRUPT,
                            "Garbage is not collected in " + repository.address(),
                            "the index " + each + " is damaged, so nobody knows what its pack has and what that names",
                            "Fetch what it had with `mayfly env check --deep --pull NAME`, then move the index and its"
                                    + " pack away.");
                }
            }
        }

        /** Whoever has let his lease go before the tags are read has pushed his tag before; and in the end none is needed. */
        private void removeEnded() throws IOException {
            for (Lease.Seen each : Lease.all(repository.layout())) {
                if (!each.live()) {
                    each.delete();
                }
            }
        }

        private long purge() throws IOException {
            boolean decided = false;
            for (int look = 0; look < LOOKS && !decided && trash.doubt(); look++) {
                step("look once more");
                List<Digest> wanted = new ArrayList<>();
                reach.follow(shown.get(), wanted::add);
                look(wanted::add);
                decided = !anyDoubted(wanted);
                if (decided) {
                    trash.doom();
                } else {
                    trash.trust();
                    revived += trash.revive(wanted);
                }
            }
            return trash.deleteDoomed();
        }

        private boolean anyDoubted(List<Digest> wanted) throws IOException {
            for (Digest each : wanted) {
                if (trash.isDoubted(each)) {
                    return true;
                }
            }
            return false;
        }

        /** What was put on leases since the last look, and all that it names. */
        private void look(Consumer<Digest> isNew) throws IOException {
            List<Digest> objects = new ArrayList<>();
            wants.look(kept -> {
                if (kept.kind() == Kind.OBJECT) {
                    objects.add(kept.digest());
                }
                reach.reach(kept.digest(), isNew);
            });
            reach.follow(objects, isNew);
        }

        private List<Digest> tagged() {
            List<Digest> targets = new ArrayList<>();
            tagged(Optional.empty(), targets);
            repository.namespaces().forEach(each -> tagged(Optional.of(each), targets));
            return targets;
        }

        private void tagged(Optional<String> namespace, List<Digest> targets) {
            var tags = repository.tags(namespace);
            tags.each("", name -> tags.history(name).forEach(tag -> targets.add(tag.target())));
        }

        private void step(String step) {
            repository.opening().steps().before(step);
        }
    }
}
