package dev.mayfly.fleet.ledger;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.api.Wish;
import dev.mayfly.fleet.runner.RunnerState;
import dev.mayfly.fleet.server.RunnerRecord;
import dev.mayfly.fleet.server.RunnerRecord.Placed;
import dev.mayfly.store.Row;
import dev.mayfly.store.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A runner as a row. */
final class RunnerRow {
    private static final List<String> NAMES = List.of(
            "id",
            "name",
            "type",
            "labels",
            "digest",
            "unwanted",
            "state",
            "host",
            "machine",
            "mac",
            "fence",
            "tries",
            "permitted",
            "address",
            "port",
            "host_key",
            "reason",
            "since",
            "script");

    static final String COLUMNS = String.join(", ", NAMES);

    private static final String REPLACE = "INSERT OR REPLACE INTO runner (" + COLUMNS + ") VALUES ("
            + NAMES.stream().map(_ -> "?").collect(Collectors.joining(", ")) + ")";

    /** Labels have no control characters, so one can stand between them. */
    private static final String BETWEEN_LABELS = "\n";

    private RunnerRow() {}

    static Statement put(RunnerRecord record) {
        Wish wish = record.wish();
        Optional<Placed> placed = record.placed();
        return Statement.of(
                REPLACE,
                record.id().value(),
                record.name().value(),
                wish.type().word(),
                wish.labels().stream().map(Label::value).sorted().collect(Collectors.joining(BETWEEN_LABELS)),
                wish.digest().toString(),
                record.unwanted(),
                record.state().name(),
                placed.map(place -> place.host().value()),
                placed.map(place -> place.identity().machine().value()),
                placed.map(place -> place.identity().mac().value()),
                record.fence().value(),
                record.tries(),
                record.permitted(),
                record.address().map(Address::host),
                record.address().map(Address::port),
                record.address().map(Address::hostKey),
                record.reason(),
                record.since(),
                wish.script());
    }

    static RunnerRecord read(Row row) {
        Set<Label> labels = row.text("labels").isEmpty()
                ? Set.of()
                : row.text("labels").lines().map(Label::new).collect(Collectors.toUnmodifiableSet());
        return new RunnerRecord(
                new RunnerId(row.text("id")),
                new RunnerName(row.text("name")),
                new Wish(
                        row.text("script"),
                        ResourceType.parse(row.text("type")).orElseThrow(),
                        labels,
                        Sha256Digest.parse(row.text("digest"))),
                row.bool("unwanted"),
                RunnerState.valueOf(row.text("state")),
                placed(row),
                new Fence(row.integer("fence")),
                (int) row.integer("tries"),
                row.bool("permitted"),
                row.optionalText("address")
                        .map(host -> new Address(host, (int) row.integer("port"), row.text("host_key"))),
                row.text("reason"),
                row.time("since"));
    }

    private static Optional<Placed> placed(Row row) {
        return row.optionalText("host")
                .map(host -> new Placed(
                        new AgentId(host),
                        new Identity(new MachineIdentifier(row.text("machine")), new MacAddress(row.text("mac")))));
    }
}
