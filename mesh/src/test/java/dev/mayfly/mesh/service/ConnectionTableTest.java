package dev.mayfly.mesh.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.wire.FlowLabel;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionTableTest {
    private static final Gid HERE = Gid.of(IpAddress.parse("10.0.0.1"));
    private static final Gid THERE = Gid.of(IpAddress.parse("10.0.0.2"));
    private static final int CONNECTS = 1 | 1 << 7 | 1 << 20;
    private static final int READY = 2;

    private final ConnectionTable table = new ConnectionTable(
            (device, port, index) -> device.equals("mlx5_0") && index == 3 ? Optional.of(HERE) : Optional.empty(), 4);

    private static VerbsEvent event(int process, int queuePair, int event, int state, int mask, int label) {
        ConnectionTuple tuple =
                new ConnectionTuple(1, Gid.NONE, THERE, queuePair, 0x99, process, process, state, event, 1, "trainer");
        return new VerbsEvent(tuple, 5, mask, 2, label, 3, 1, "mlx5_0");
    }

    private List<ConnectionTable.Change> connect(int process, int queuePair) {
        return table.take(event(process, queuePair, ConnectionTuple.CHANGED, READY, CONNECTS, 0x12345));
    }

    @Test
    void a_queue_pair_that_is_told_where_to_is_a_connection_with_the_port_of_its_frames() {
        Connection connection = connect(7, 0x11).getFirst().connection();
        assertThat(connection.from()).isEqualTo(HERE.address());
        assertThat(connection.to()).isEqualTo(THERE.address());
        assertThat(connection.sourcePort()).isEqualTo(0xE341);
        assertThat(connection.tuple().local()).isEqualTo(HERE);
        assertThat(table.live()).containsExactly(connection);
    }

    @Test
    void without_a_flow_label_the_port_is_that_of_both_queue_pairs() {
        var changes = table.take(event(7, 0x11, ConnectionTuple.CHANGED, READY, CONNECTS, 0));
        assertThat(changes.getFirst().connection().sourcePort())
                .isEqualTo(FlowLabel.ofQueuePairs(0x11, 0x99).sourcePort());
    }

    @ParameterizedTest
    @ValueSource(strings = {"destroyed", "created", "reset", "broken", "ended"})
    void it_ends_with_its_queue_pair_or_its_process(String how) {
        connect(7, 0x11);
        connect(8, 0x12);
        var changes = table.take(
                switch (how) {
                    case "destroyed" -> event(7, 0x11, ConnectionTuple.DESTROYED, 0, 0, 0);
                    case "created" -> event(7, 0x11, ConnectionTuple.CREATED, 0, 0, 0);
                    case "reset" -> event(7, 0x11, ConnectionTuple.CHANGED, 0, 1, 0);
                    case "broken" -> event(7, 0x11, ConnectionTuple.CHANGED, 6, 1, 0);
                    default -> event(7, 0, ConnectionTuple.ENDED, 0, 0, 0);
                });
        assertThat(changes).hasSize(1).allMatch(change -> !change.began());
        assertThat(table.live()).extracting(each -> each.tuple().process()).containsExactly(8);
    }

    @Test
    void other_changes_of_a_queue_pair_change_nothing() {
        connect(7, 0x11);
        assertThat(table.take(event(7, 0x11, ConnectionTuple.CHANGED, 3, 1, 0))).isEmpty();
        assertThat(table.take(event(7, 0x11, ConnectionTuple.CHANGED, 0, 1 << 5, 0)))
                .isEmpty();
        assertThat(table.take(event(7, 0x12, ConnectionTuple.CHANGED, READY, 1, 0)))
                .isEmpty();
        assertThat(table.live()).hasSize(1);
    }

    @Test
    void a_queue_pair_that_connects_anew_is_another_connection() {
        connect(7, 0x11);
        assertThat(connect(7, 0x11)).extracting(ConnectionTable.Change::began).containsExactly(false, true);
        assertThat(table.live()).hasSize(1);
    }

    @Test
    void what_has_no_routed_address_or_no_room_is_counted() {
        ConnectionTuple tuple =
                new ConnectionTuple(1, Gid.NONE, THERE, 1, 2, 7, 7, READY, ConnectionTuple.CHANGED, 1, "trainer");
        assertThat(table.take(new VerbsEvent(tuple, 5, CONNECTS, 2, 0, 0, 1, "mlx5_0")))
                .isEmpty();
        assertThat(table.unrouted()).isEqualTo(1);
        for (int i = 0; i < 6; i++) {
            connect(7, 0x20 + i);
        }
        assertThat(table.live()).hasSize(4);
        assertThat(table.overflow()).isEqualTo(2);
    }

    @Test
    void after_events_were_lost_those_of_processes_that_are_gone_are_taken_away() {
        connect(7, 0x11);
        connect(8, 0x12);
        assertThat(table.retain(process -> process == 8)).hasSize(1);
        assertThat(table.live()).extracting(each -> each.tuple().process()).containsExactly(8);
    }
}
