package dev.mayfly.env.repo.layered;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads from a primary repository and, what that lacks, from others in their order. Writes go to the primary. */
public final class ProxyRepository implements Repository {
    private final Repository primary;
    private final Several all;
    private final Tags tags;

    /** @param secondaryTags whether streams that the primary does not have are looked for in the others */
    public ProxyRepository(Repository primary, List<Repository> secondaries, boolean secondaryTags) {
        this.primary = primary;
        this.all = new Several(primary, secondaries);
        this.tags = secondaryTags ? new MergedTags(primary.tags(), all) : primary.tags();
    }

    @Override
    public String address() {
        return all.members().stream().map(Repository::address).collect(Collectors.joining(", then "));
    }

    @Override
    public Objects objects() {
        return new Objects() {
            @Override
            public Optional<Encoded> find(Digest digest) {
                return all.first(each -> each.objects().find(digest));
            }

            @Override
            public boolean has(Digest digest) {
                return all.any(each -> each.objects().has(digest));
            }

            @Override
            public void each(Consumer<Digest> found) {
                once((member, each) -> member.objects().each(each), found);
            }
        };
    }

    @Override
    public Payloads payloads() {
        return new Payloads() {
            @Override
            public Optional<Payload> find(Digest digest) {
                return all.first(each -> each.payloads().find(digest));
            }

            @Override
            public boolean has(Digest digest) {
                return all.any(each -> each.payloads().has(digest));
            }

            @Override
            public void each(Consumer<Digest> found) {
                once((member, each) -> member.payloads().each(each), found);
            }
        };
    }

    private void once(BiConsumer<Repository, Consumer<Digest>> list, Consumer<Digest> found) {
        Set<Digest> seen = new HashSet<>();
        for (Repository member : all.members()) {
            list.accept(member, digest -> {
                if (seen.add(digest)) {
                    found.accept(digest);
                }
            });
        }
    }

    @Override
    public Tags tags() {
        return tags;
    }

    @Override
    public Ingest ingest() {
        return primary.ingest();
    }

    @Override
    public void close() {
        all.close();
    }
}
