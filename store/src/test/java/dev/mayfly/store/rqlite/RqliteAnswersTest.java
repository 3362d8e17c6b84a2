package dev.mayfly.store.rqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is made of answers that a real node gives seldom: what is sent again, and what never is. */
@Timeout(60)
class RqliteAnswersTest {
    private static final byte[] ONE = "[[\"x\"]]".getBytes(StandardCharsets.UTF_8);
    private static final String GOOD = "{\"results\":[{\"rows_affected\":1}]}";

    private final List<String> asked = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private HttpServer server;
    private RqliteCluster cluster;

    private record Answer(int status, String text) {
        static final Answer NONE = new Answer(0, "");
    }

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
        RqliteOptions options = RqliteOptions.of(
                        "http://me:secret@127.0.0.1:" + server.getAddress().getPort())
                .withPatience(Duration.ofMillis(700));
        cluster = new RqliteCluster(options, new RqliteFailure(options));
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.stop(0);
    }

    private synchronized void serve(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        asked.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
        Answer answer = answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
        if (answer.equals(Answer.NONE)) {
            // The connection ends without an answer.
            exchange.close();
            return;
        }
        byte[] text = answer.text().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), text.length);
        exchange.getResponseBody().write(text);
        exchange.close();
    }

    private void answers(int status, String text) {
        answers.add(new Answer(status, text));
    }

    @Test
    void a_node_that_has_no_leader_yet_is_asked_again() {
        answers(503, "leader not found");
        answers(500, "leader address: leader not found");
        answers(200, "{\"results\":[],\"error\":\"store not ready\"}");
        answers(200, GOOD);
        assertThat(Replies.changes(cluster.write(ONE)).getFirst().rows()).isEqualTo(1);
        assertThat(asked).hasSize(4).allMatch(each -> each.equals("/db/execute?transaction Basic bWU6c2VjcmV0"));
    }

    @Test
    void a_batch_whose_answer_was_lost_is_not_sent_again() {
        answers.add(Answer.NONE);
        assertThatThrownBy(() -> cluster.write(ONE)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
            assertThat(e.why()).contains("no answer says whether it was applied");
        });
        assertThat(asked).hasSize(1);
    }

    @Test
    void a_batch_that_the_cluster_may_have_taken_is_not_sent_again() {
        answers(200, "{\"error\":\"leadership lost while committing log\"}");
        assertThatThrownBy(() -> cluster.write(ONE)).hasMessageContaining("leadership lost");
        assertThat(asked).hasSize(1);
    }

    @Test
    void a_node_that_fails_in_an_unknown_way_may_have_taken_it() {
        answers(500, "something broke");
        assertThatThrownBy(() -> cluster.write(ONE)).hasMessageContaining("something broke");
        assertThat(asked).hasSize(1);
    }

    @Test
    void a_reading_is_asked_again_whatever_happened() {
        answers.add(Answer.NONE);
        answers(200, "{\"error\":\"leadership lost while committing log\"}");
        answers(200, "{\"results\":[{\"columns\":[\"n\"],\"types\":[\"integer\"],\"values\":[[1]]}]}");
        assertThat(Replies.rows(cluster.read(ONE)).columns()).containsExactly("n");
    }

    @Test
    void patience_ends_and_the_last_word_is_told() {
        answers(503, "leader not found");
        assertThatThrownBy(() -> cluster.read(ONE)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.why()).contains("leader not found");
            assertThat(e.getMessage() + e.fix()).doesNotContain("secret");
        });
        assertThat(asked).hasSizeGreaterThan(3);
    }

    @Test
    void a_wrong_password_is_told_at_once() {
        answers(401, "");
        assertThatThrownBy(() -> cluster.read(ONE))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.fix()).contains("NAME:PASSWORD"));
        assertThat(asked).hasSize(1);
    }

    @Test
    void something_else_that_answers_is_told_as_such() {
        for (String text : List.of("<html>hello</html>", "[1]", "{\"no\":\"results\"}", "{\"results\":7}")) {
            answers.clear();
            answers(200, text);
            assertThatThrownBy(() -> cluster.write(ONE)).hasMessageContaining("none of rqlite");
        }
        answers.clear();
        answers(404, "not found");
        assertThatThrownBy(() -> cluster.write(ONE)).hasMessageContaining("status 404");
    }
}
