package dev.mayfly.bench;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.bench.CallTimes.Call;
import dev.mayfly.bench.env.Caches;
import dev.mayfly.bench.env.FrontEnd;
import dev.mayfly.bench.env.FrontEnds;
import dev.mayfly.bench.env.FuseFrontEnd;
import dev.mayfly.bench.env.MkfsErofs;
import dev.mayfly.platform.linux.BulkCalls;
import dev.mayfly.platform.linux.FileSystemSync;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** What walking, stat, open and read cost in each front end, in rounds in which each has its turn. */
final class EnvCalls {
    private static final long SEED = 1;

    /** A front end with the files of the tree laid out to be called, and its row. */
    private record Row(FrontEnd shown, BulkCalls calls, CallTimes times) {}

    private final EnvStage stage;
    private final List<FrontEnd> shown = new ArrayList<>();
    private Optional<FuseFrontEnd> fuse = Optional.empty();

    EnvCalls(EnvStage stage) {
        this.stage = stage;
    }

    /** @param rendered the same tree as plain files */
    void measure(FrontEnd rendered, FrontEnds ways) throws IOException, InterruptedException {
        try {
            List<FrontEnd> all = new ArrayList<>(List.of(rendered));
            add(all, "overlayfs on a render", () -> ways.overlay(rendered));
            add(all, "front end A", ways::erofs);
            add(all, "front end B", () -> {
                FuseFrontEnd served = ways.fuse();
                fuse = Optional.of(served);
                return served.shown();
            });
            all.stream()
                    .filter(each -> each.id().equals("mayfly_erofs"))
                    .findFirst()
                    .ifPresent(below -> add(all, "overlayfs on front end A", () -> ways.overlay(below)));
            foreign(all, rendered, ways);
            rows(all);
        } finally {
            shown.reversed().forEach(FrontEnd::close);
        }
    }

    private interface Making {
        FrontEnd make();
    }

    private void add(List<FrontEnd> all, String name, Making making) {
        try {
            FrontEnd made = making.make();
            shown.add(made);
            all.add(made);
        } catch (MayflyException e) {
            stage.notRun.add(new NotRun(name, e.getMessage() + ": " + e.why()));
        }
    }

    private void foreign(List<FrontEnd> all, FrontEnd rendered, FrontEnds ways)
            throws IOException, InterruptedException {
        Optional<MkfsErofs> tool = MkfsErofs.find(stage.environment.getOrDefault("PATH", ""));
        if (tool.isEmpty()) {
            stage.notRun.add(new NotRun("mkfs.erofs", "it is not installed (erofs-utils)"));
            return;
        }
        Path image = stage.folder.resolve("foreign.erofs");
        stage.voice.progress("an image of mkfs.erofs");
        tool.get().make(image, rendered.root());
        add(all, "an image of mkfs.erofs", () -> ways.foreign(image));
    }

    private void rows(List<FrontEnd> all) throws IOException {
        List<String> files = stage.tree.all();
        Map<String, Row> rows = new LinkedHashMap<>();
        try {
            for (FrontEnd each : all) {
                rows.put(
                        each.id(),
                        new Row(each, BulkCalls.on(each.root(), files), new CallTimes(each.id(), each.name())));
            }
            rows.values()
                    .forEach(row -> warm(
                            row, new CallTimes(row.shown().id(), row.shown().name())));
            List<Row> order = new ArrayList<>(rows.values());
            Random random = new Random(SEED);
            for (int i = 0; i < stage.options.rounds(); i++) {
                stage.voice.progress("calls, round " + (i + 1) + " of " + stage.options.rounds());
                Collections.shuffle(order, random);
                order.forEach(row -> warm(row, row.times()));
            }
            cold(order, random);
            Optional.ofNullable(rows.get("mayfly_fuse")).ifPresent(this::allocation);
            rows.values().forEach(row -> stage.calls.add(row.times()));
        } finally {
            rows.values().forEach(row -> row.calls().close());
        }
    }

    private static void warm(Row row, CallTimes times) {
        times.record(Call.WALK, row.calls().walk());
        times.record(Call.STAT, row.calls().stat());
        times.record(Call.OPEN, row.calls().openAndClose());
        times.record(Call.READ, row.calls().read());
    }

    private void cold(List<Row> order, Random random) throws IOException {
        if (stage.options.coldRounds() == 0 || !Caches.canBeDropped()) {
            stage.notRun.add(new NotRun("cold calls", "asked not to, or no right to drop the caches of this machine"));
            return;
        }
        FileSystemSync.sync(stage.folder);
        for (int i = 0; i < stage.options.coldRounds(); i++) {
            stage.voice.progress("cold calls, round " + (i + 1) + " of " + stage.options.coldRounds());
            Collections.shuffle(order, random);
            for (Row row : order) {
                Caches.dropAll();
                row.times().record(Call.COLD_WALK, row.calls().walk());
                Caches.dropAll();
                row.times().record(Call.COLD_READ, row.calls().read());
            }
        }
    }

    /** A walk whose every answer the server has to give. */
    private void allocation(Row row) {
        if (fuse.isEmpty() || !Caches.canBeDropped()) {
            return;
        }
        try {
            Caches.dropNames();
            long requests = fuse.get().requests();
            long before = FuseFrontEnd.allocated();
            row.calls().walk();
            row.calls().stat();
            long bytes = FuseFrontEnd.allocated() - before;
            long asked = fuse.get().requests() - requests;
            if (asked > 0) {
                stage.readings.add(Reading.once(
                        "mayfly_fuse_allocated",
                        "B: allocated by the server for each of " + asked + " requests",
                        "bytes",
                        (double) bytes / asked));
            }
        } catch (IOException e) {
            stage.notRun.add(new NotRun("allocation of front end B", String.valueOf(e.getMessage())));
        }
    }
}
