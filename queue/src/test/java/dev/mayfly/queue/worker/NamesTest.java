package dev.mayfly.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.fake.ScriptedRunner;
import dev.mayfly.queue.wire.OldId;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
    private static final JobId ID = new JobId("r_" + "0".repeat(64));
    private static final JobId OTHER = new JobId("r_" + "1".repeat(64));
    private static final byte[] BODY = ScriptedRunner.bytes("{}");

    private static Names of(String messageId) {
        return Names.of(new Message("run.req.default", messageId, BODY));
    }

    @Test
    void our_clients_promise_an_id_in_any_round() {
        assertThat(of(ID.value()).promised()).contains(ID);
        assertThat(of(ID.value() + ".2").promised()).contains(ID);
        assertThat(of(ID.value()).old()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "dlq.7", "0123", ".r_0", "r_.2"})
    void who_promises_none_is_an_old_client(String messageId) {
        assertThat(of(messageId).promised()).isEmpty();
        assertThat(of(messageId).old()).containsExactly(OldId.of(BODY));
    }

    @Test
    void a_promise_of_another_id_is_broken_and_hears_nothing_in_the_jobs_name() {
        Names names = of(OTHER.value());
        assertThat(names.broken(ID)).contains(OTHER);
        assertThat(names.broken(OTHER)).isEmpty();
        assertThat(names.old()).isEmpty();
        assertThat(names.ids(ID)).isEqualTo(Set.of(ID, OTHER));
    }
}
