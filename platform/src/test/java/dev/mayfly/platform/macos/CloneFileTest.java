package dev.mayfly.platform.macos;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Against a function that is played: its prototype and how its answer is read. */
class CloneFileTest {
    @TempDir
    Path folder;

    /** Called as C would call it. */
    @SuppressWarnings("UnusedMethod")
    private static int clonefile(MemorySegment from, MemorySegment to, int flags) {
        try {
            Path target = Path.of(to.reinterpret(4096).getString(0));
            if (flags != 0 || Files.exists(target)) {
                return -1;
            }
            Files.copy(Path.of(from.reinterpret(4096).getString(0)), target);
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<MemorySegment> played() throws ReflectiveOperationException {
        return Optional.of(Linker.nativeLinker()
                .upcallStub(
                        MethodHandles.lookup()
                                .findStatic(
                                        CloneFileTest.class,
                                        "clonefile",
                                        MethodType.methodType(
                                                int.class, MemorySegment.class, MemorySegment.class, int.class)),
                        FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
                        Arena.global()));
    }

    @Test
    void a_file_gets_another_name_with_the_same_content_and_none_is_replaced() throws Exception {
        Path from = Files.writeString(folder.resolve("a file"), "content");
        Path to = folder.resolve("ü");
        assertThat(CloneFile.clone(played(), from, to)).hasValue(0);
        assertThat(to).hasContent("content");
        assertThat(CloneFile.clone(played(), from, to))
                .as("an errno, whatever it is")
                .isPresent();
        assertThat(to).hasContent("content");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_system_without_it_says_so() {
        assertThat(CloneFile.clone(folder.resolve("a"), folder.resolve("b"))).isEmpty();
    }
}
