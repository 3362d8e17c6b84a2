package dev.mayfly.env.gc;

import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.pack.PackEntry;
import dev.mayfly.env.repo.fs.Lease;
import dev.mayfly.env.repo.fs.Repacker;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Says what becomes of packs: those of which nothing is live go; those of which little is live are rewritten; and where many are
 * small, all of them become one. Used by one collection.
 */
final class Packing {
    /** A pack whose live contents are less than one part of so many is rewritten. */
    private static final int LIVE_SHARE = 2;

    /** Smaller packs are merged, in bytes: what is merged once is seldom merged again. */
    private static final long SMALL = 8L << 20;

    /** Only so many small ones are worth it. */
    private static final int MANY = 8;

    /** Of live content, in bytes, that is rewritten before something else is done. */
    private static final long BATCH = 256L << 20;

    private final Reach reach;
    private final Predicate<Pack> isYoung;

    /** What is reached, as soon as a pack that has it was seen. */
    private final Set<Lease.Kept> elsewhere = new HashSet<>();

    private final List<Pack> empty = new ArrayList<>();
    private final List<Repacker.Source> sparse = new ArrayList<>();
    private final Map<Kind, List<Repacker.Source>> small = new EnumMap<>(Kind.class);

    Packing(Reach reach, Predicate<Pack> isYoung) {
        this.reach = reach;
        this.isYoung = isYoung;
    }

    /** @param packs newest first */
    Packing over(Collection<Pack> packs) {
        packs.forEach(this::look);
        return this;
    }

    private void look(Pack pack) {
        List<PackEntry> live = new ArrayList<>();
        pack.index().each(entry -> {
            if (reach.has(entry.digest()) && elsewhere.add(new Lease.Kept(entry.kind(), entry.digest()))) {
                live.add(entry);
            }
        });
        if (isYoung.test(pack)) {
            return;
        }
        if (live.isEmpty()) {
            empty.add(pack);
        } else if (isSparse(pack, live)) {
            sparse.add(new Repacker.Source(pack, live));
        } else if (pack.index().packBytes() < SMALL) {
            small.computeIfAbsent(live.getFirst().kind(), _ -> new ArrayList<>())
                    .add(new Repacker.Source(pack, live));
        }
    }

    /** Packs of which nobody needed anything. */
    List<Pack> empty() {
        return empty;
    }

    /** Whether somebody wants something of it by now that no other pack had. */
    boolean isWanted(Pack pack) {
        boolean[] wanted = new boolean[1];
        pack.index()
                .each(entry -> wanted[0] |=
                        reach.has(entry.digest()) && !elsewhere.contains(new Lease.Kept(entry.kind(), entry.digest())));
        return wanted[0];
    }

    /** With the room to the next beginning, but without the end of a pack, which small ones cannot get rid of. */
    private static long bytes(PackEntry entry) {
        return entry.kind().align(entry.length());
    }

    /** Whether so few of its contents are wanted that those are rather copied. */
    static boolean isSparse(Pack pack, List<PackEntry> wanted) {
        long[] all = new long[1];
        pack.index().each(entry -> all[0] += bytes(entry));
        return wanted.stream().mapToLong(Packing::bytes).sum() < all[0] / LIVE_SHARE;
    }

    /** What is to be copied together; its packs go then. */
    List<List<Repacker.Source>> batches() {
        List<Repacker.Source> all = new ArrayList<>(sparse);
        small.values().stream().filter(each -> each.size() >= MANY).forEach(all::addAll);
        List<List<Repacker.Source>> batches = new ArrayList<>();
        long room = 0;
        for (Repacker.Source each : all) {
            if (room <= 0) {
                batches.add(new ArrayList<>());
                room = BATCH;
            }
            batches.getLast().add(each);
            room -= each.live().stream().mapToLong(Packing::bytes).sum();
        }
        return batches;
    }
}
