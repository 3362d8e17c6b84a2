package dev.mayfly.fleet.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.fleet.agent.AgentJournal.Memory;
import dev.mayfly.fleet.agent.JournalEntry;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.fleet.runner.RunnerState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest {
    @TempDir
    Path folder;

    private static final Memory SOME = new Memory(
            Optional.of(new AgentId("host")),
            new Fence(3),
            List.of(new JournalEntry(
                    new Attempt(new RunnerId("r"), new Fence(4)),
                    ResourceType.LARGE,
                    RunnerState.RUNNING,
                    true,
                    "a \"reason\"\n",
                    OptionalInt.of(-1))));

    @Test
    void the_next_agent_remembers_what_the_last_one_wrote() {
        try (FileJournal journal = FileJournal.open(folder)) {
            assertThat(journal.load()).isEqualTo(Memory.EMPTY);
            journal.write(Memory.EMPTY);
            journal.write(SOME);
        }
        try (FileJournal journal = FileJournal.open(folder)) {
            assertThat(journal.load()).isEqualTo(SOME);
        }
    }

    @Test
    void two_agents_do_not_share_a_folder() {
        try (FileJournal journal = FileJournal.open(folder)) {
            assertThatThrownBy(() -> FileJournal.open(folder))
                    .isInstanceOfSatisfying(
                            MayflyException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_RUNNING));
            assertThat(journal.load()).isEqualTo(Memory.EMPTY);
        }
    }

    @Test
    void a_damaged_journal_is_said_to_be_one_and_is_left_alone() throws IOException {
        Path file = folder.resolve("agent-journal.json");
        for (String text :
                List.of("", "{", "[]", "{\"format\": 2}", "{\"format\":1,\"forgotten\":-1,\"attempts\":[]}")) {
            Files.writeString(file, text);
            try (FileJournal journal = FileJournal.open(folder)) {
                assertThatThrownBy(journal::load)
                        .isInstanceOfSatisfying(
                                MayflyException.class,
                                failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STATE_CORRUPT));
            }
            assertThat(file).hasContent(text);
        }
    }

    @Property(tries = 200)
    void any_memory_comes_back_as_it_was(@ForAll("memories") Memory memory) {
        byte[] bytes = JsonWriter.pretty(MemoryJson.write(memory)).getBytes(StandardCharsets.UTF_8);
        assertThat(MemoryJson.read(JsonReader.read(bytes))).isEqualTo(memory);
    }

    @Provide
    Arbitrary<Memory> memories() {
        Arbitrary<Fence> fences = Arbitraries.longs().greaterOrEqual(0).map(Fence::new);
        Arbitrary<String> names =
                Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(9);
        Arbitrary<JournalEntry> entries = Combinators.combine(
                        Combinators.combine(names.map(RunnerId::new), fences).as(Attempt::new),
                        Arbitraries.of(ResourceType.values()),
                        Arbitraries.of(RunnerState.values()),
                        Arbitraries.of(true, false),
                        Arbitraries.strings().withCharRange(' ', '\uD7FF').ofMaxLength(20),
                        Arbitraries.integers()
                                .map(OptionalInt::of)
                                .injectNull(0.3)
                                .map(code -> code == null ? OptionalInt.empty() : code))
                .as(JournalEntry::new);
        return Combinators.combine(
                        names.map(AgentId::new).optional(),
                        fences,
                        entries.list().ofMaxSize(5))
                .as(Memory::new);
    }
}
