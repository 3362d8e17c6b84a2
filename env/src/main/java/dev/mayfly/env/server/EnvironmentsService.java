package dev.mayfly.env.server;

import com.google.protobuf.ByteString;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.TagCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.wire.Pieces;
import dev.mayfly.env.wire.Statuses;
import dev.mayfly.env.wire.WireDigest;
import dev.mayfly.proto.env.AboutReply;
import dev.mayfly.proto.env.AboutRequest;
import dev.mayfly.proto.env.Done;
import dev.mayfly.proto.env.EnvironmentsGrpc;
import dev.mayfly.proto.env.Key;
import dev.mayfly.proto.env.Keys;
import dev.mayfly.proto.env.ListRequest;
import dev.mayfly.proto.env.Names;
import dev.mayfly.proto.env.PayloadRange;
import dev.mayfly.proto.env.Piece;
import dev.mayfly.proto.env.Presence;
import dev.mayfly.proto.env.Put;
import dev.mayfly.proto.env.Session;
import dev.mayfly.proto.env.SessionRequest;
import dev.mayfly.proto.env.TagList;
import dev.mayfly.proto.env.TagPush;
import dev.mayfly.proto.env.TagVersion;
import dev.mayfly.proto.env.Want;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** Each call to one method of the repository. */
final class EnvironmentsService extends EnvironmentsGrpc.EnvironmentsImplBase {
    static final int PROTOCOL = 2;

    /** Digests, names or tags in one message of a list. */
    private static final int BATCH = 1000;

    private static final int MOST_TAGS = 10_000;

    private final Repository repository;
    private final Sessions sessions;
    private final ServerLimits limits;

    EnvironmentsService(Repository repository, Sessions sessions, ServerLimits limits) {
        this.repository = repository;
        this.sessions = sessions;
        this.limits = limits;
    }

    private interface Question<T> {
        T answer() throws IOException;
    }

    private static <T> void answer(StreamObserver<T> to, Question<T> question) {
        T answer;
        try {
            answer = question.answer();
        } catch (IOException | RuntimeException e) {
            to.onError(Statuses.toWire(e));
            return;
        }
        to.onNext(answer);
        to.onCompleted();
    }

    @Override
    public void about(AboutRequest request, StreamObserver<AboutReply> to) {
        answer(
                to,
                () -> AboutReply.newBuilder()
                        .setProtocol(PROTOCOL)
                        .setProgram("mayfly")
                        .build());
    }

    @Override
    public void hasObject(Key key, StreamObserver<Presence> to) {
        answer(
                to,
                () -> Presence.newBuilder()
                        .setThere(repository.objects().has(WireDigest.digest(key.getDigest())))
                        .build());
    }

    @Override
    public void getObject(Key key, StreamObserver<Piece> to) {
        Outlet.open(to, limits.stall(), outlet -> {
            Optional<Encoded> object = repository.objects().find(WireDigest.digest(key.getDigest()));
            if (object.isPresent()) {
                send(new ByteArrayInputStream(object.get().bytes()), outlet);
            }
        });
    }

    @Override
    public void listObjects(ListRequest request, StreamObserver<Keys> to) {
        Outlet.open(to, limits.stall(), outlet -> list(repository.objects()::each, outlet));
    }

    @Override
    public void statPayload(Key key, StreamObserver<Presence> to) {
        answer(
                to,
                () -> repository
                        .payloads()
                        .find(WireDigest.digest(key.getDigest()))
                        .map(found -> Presence.newBuilder()
                                .setThere(true)
                                .setSize(found.size())
                                .build())
                        .orElseGet(Presence::getDefaultInstance));
    }

    @Override
    public void getPayload(PayloadRange range, StreamObserver<Piece> to) {
        Outlet.open(to, limits.stall(), outlet -> {
            Digest digest = WireDigest.digest(range.getDigest());
            Payload payload = repository
                    .payloads()
                    .find(digest)
                    .orElseThrow(() -> new MayflyException(
                            ErrorCode.CONTENT_MISSING,
                            "The payload " + digest + " is missing",
                            "the server does not have it",
                            "Push it there from a repository that has it."));
            if (range.getOffset() < 0 || range.getOffset() > payload.size()) {
                throw new IllegalArgumentException("there is no such offset");
            }
            try (InputStream content = payload.open()) {
                content.skipNBytes(range.getOffset());
                send(content, outlet);
            }
        });
    }

    @Override
    public void listPayloads(ListRequest request, StreamObserver<Keys> to) {
        Outlet.open(to, limits.stall(), outlet -> list(repository.payloads()::each, outlet));
    }

    private static void send(InputStream content, Outlet<Piece> outlet) throws IOException {
        byte[] buffer = new byte[Pieces.SIZE];
        for (int count = content.readNBytes(buffer, 0, buffer.length);
                count > 0;
                count = content.readNBytes(buffer, 0, buffer.length)) {
            outlet.send(Pieces.of(buffer, count));
        }
    }

    private static void list(Consumer<Consumer<Digest>> each, Outlet<Keys> outlet) {
        Batches<Digest> batches = new Batches<>(digests -> outlet.send(Keys.newBuilder()
                .addAllDigests(digests.stream().map(WireDigest::bytes).toList())
                .build()));
        each.accept(batches::add);
        batches.flush();
    }

    private static final class Batches<T> {
        private final Consumer<List<T>> send;
        private final List<T> held = new ArrayList<>();

        Batches(Consumer<List<T>> send) {
            this.send = send;
        }

        void add(T item) {
            held.add(item);
            if (held.size() == BATCH) {
                flush();
            }
        }

        void flush() {
            if (!held.isEmpty()) {
                send.accept(held);
                held.clear();
            }
        }
    }

    @Override
    public void findTag(TagVersion version, StreamObserver<TagList> to) {
        answer(
                to,
                () -> tags(repository
                        .tags()
                        .find(TagName.parse(version.getName()), version.getVersion())
                        .map(List::of)
                        .orElse(List.of())));
    }

    @Override
    public void tagHistory(TagVersion version, StreamObserver<TagList> to) {
        Outlet.open(to, limits.stall(), outlet -> {
            Batches<Tag> batches = new Batches<>(tags -> outlet.send(tags(tags)));
            repository.tags().history(TagName.parse(version.getName())).forEach(batches::add);
            batches.flush();
        });
    }

    @Override
    public void listTags(ListRequest request, StreamObserver<Names> to) {
        Outlet.open(to, limits.stall(), outlet -> {
            Batches<String> batches = new Batches<>(
                    names -> outlet.send(Names.newBuilder().addAllNames(names).build()));
            repository.tags().each(request.getPrefix(), name -> batches.add(name.toString()));
            batches.flush();
        });
    }

    @Override
    public void pushTag(TagPush push, StreamObserver<TagList> to) {
        answer(to, () -> {
            TagName name = TagName.parse(push.getName());
            Digest target = WireDigest.digest(push.getTarget());
            Optional<Tag> pushed = push.getExpected().isEmpty()
                    ? Optional.of(repository.tags().push(name, target, push.getUser()))
                    : repository.tags().push(name, target, push.getUser(), WireDigest.digest(push.getExpected()));
            return tags(pushed.map(List::of).orElse(List.of()));
        });
    }

    @Override
    public void insertTags(TagList list, StreamObserver<Done> to) {
        answer(to, () -> {
            repository.tags().insert(tags(list));
            return Done.newBuilder().setChanged(true).build();
        });
    }

    @Override
    public void removeTag(TagList list, StreamObserver<Done> to) {
        answer(to, () -> {
            boolean changed = false;
            for (Tag each : tags(list)) {
                changed |= repository.tags().remove(each);
            }
            return Done.newBuilder().setChanged(changed).build();
        });
    }

    @Override
    public void removeTags(TagVersion version, StreamObserver<Done> to) {
        answer(
                to,
                () -> Done.newBuilder()
                        .setChanged(repository.tags().removeAll(TagName.parse(version.getName())))
                        .build());
    }

    private static TagList tags(List<Tag> tags) {
        return TagList.newBuilder()
                .addAllTags(tags.stream()
                        .map(TagCodec::encode)
                        .map(ByteString::copyFrom)
                        .toList())
                .build();
    }

    private static List<Tag> tags(TagList list) {
        if (list.getTagsCount() > MOST_TAGS) {
            throw new IllegalArgumentException("too many tags in one call");
        }
        Function<ByteString, Tag> decode = each -> TagCodec.decode(each.toByteArray());
        return list.getTagsList().stream().map(decode).toList();
    }

    @Override
    public void openSession(SessionRequest request, StreamObserver<Session> to) {
        answer(to, () -> Session.newBuilder().setId(sessions.open()).build());
    }

    @Override
    public void keep(Want want, StreamObserver<Presence> to) {
        answer(to, () -> {
            Digest digest = WireDigest.digest(want.getDigest());
            return sessions.use(
                    want.getSession(),
                    ingest -> Presence.newBuilder()
                            .setThere(want.getPayload() ? ingest.keepsPayload(digest) : ingest.keepsObject(digest))
                            .build());
        });
    }

    @Override
    public StreamObserver<Put> putObject(StreamObserver<Done> to) {
        return new Upload(to, limits, limits.objectBytes(), (first, content) -> {
            Encoded object = new Encoded(WireDigest.digest(first.getDigest()), content.readAllBytes());
            return sessions.use(first.getSession(), ingest -> {
                ingest.object(object);
                return Done.newBuilder().setChanged(true).build();
            });
        });
    }

    @Override
    public StreamObserver<Put> putPayload(StreamObserver<Done> to) {
        return new Upload(
                to,
                limits,
                limits.payloadBytes(),
                (first, content) ->
                        sessions.use(first.getSession(), ingest -> take(first.getDigest(), content, ingest)));
    }

    private static Done take(ByteString digest, InputStream content, Ingest ingest) throws IOException {
        if (!digest.isEmpty()) {
            ingest.payload(WireDigest.digest(digest), content);
            return Done.newBuilder().setChanged(true).setDigest(digest).build();
        }
        Ingest.Written written = ingest.payload(content);
        return Done.newBuilder()
                .setChanged(true)
                .setDigest(WireDigest.bytes(written.digest()))
                .setSize(written.size())
                .build();
    }

    @Override
    public void publish(Session session, StreamObserver<Done> to) {
        answer(
                to,
                () -> sessions.use(session.getId(), ingest -> {
                    ingest.publish();
                    return Done.newBuilder().setChanged(true).build();
                }));
    }

    @Override
    public void closeSession(Session session, StreamObserver<Done> to) {
        answer(to, () -> {
            sessions.close(session.getId());
            return Done.getDefaultInstance();
        });
    }
}
