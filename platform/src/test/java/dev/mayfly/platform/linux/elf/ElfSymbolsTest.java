package dev.mayfly.platform.linux.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfSymbolsTest {
    private static final long SEED = new Random().nextLong();
    private static final Set<String> NAMES = Set.of("exported", "hidden_one", "missing");

    @TempDir
    Path folder;

    private Path library;

    @BeforeEach
    void compile() throws Exception {
        Needs.linux();
        library = folder.resolve("lib.so");
        build("-shared", "-fPIC", "-o", library.toString());
    }

    private void build(String... options) throws IOException, InterruptedException {
        Path source = folder.resolve("a.c");
        // The first bytes of each are a number that the test looks for.
        Files.writeString(source, """
                __asm__(".text\\n.globl exported\\n.type exported,@function\\nexported: .quad 0x1122334455667788\\n"
                        ".type hidden_one,@function\\nhidden_one: .quad 0x1122334455667799\\n"
                        ".globl data\\n.data\\ndata: .quad 5\\n");
                int main(void) { return 0; }
                """);
        var command =
                new java.util.ArrayList<>(java.util.List.of(Needs.command("cc").toString(), source.toString()));
        command.addAll(java.util.List.of(options));
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(said).isZero();
    }

    private static long quad(Path file, long offset) throws IOException {
        return java.nio.ByteBuffer.wrap(Files.readAllBytes(file))
                .order(java.nio.ByteOrder.LITTLE_ENDIAN)
                .getLong(Math.toIntExact(offset));
    }

    @Test
    void a_function_is_where_the_file_has_it() throws Exception {
        Map<String, Long> found = ElfSymbols.offsets(library, NAMES);
        assertThat(found).containsOnlyKeys("exported", "hidden_one");
        assertThat(quad(library, found.getOrDefault("exported", 0L))).isEqualTo(0x1122334455667788L);
        assertThat(quad(library, found.getOrDefault("hidden_one", 0L))).isEqualTo(0x1122334455667799L);
    }

    @Test
    void a_stripped_library_still_has_what_it_exports() throws Exception {
        build("-shared", "-fPIC", "-s", "-o", library.toString());
        Map<String, Long> found = ElfSymbols.offsets(library, NAMES);
        assertThat(found).containsOnlyKeys("exported");
        assertThat(quad(library, found.getOrDefault("exported", 0L))).isEqualTo(0x1122334455667788L);
    }

    @Test
    void a_program_at_a_fixed_or_at_any_address_has_its_own_functions() throws Exception {
        for (String how : new String[] {"-no-pie", "-pie", "-static"}) {
            Path program = folder.resolve("program" + how);
            build(how, "-o", program.toString());
            Map<String, Long> found = ElfSymbols.offsets(program, NAMES);
            assertThat(found).as(how).containsOnlyKeys("exported", "hidden_one");
            assertThat(quad(program, found.getOrDefault("exported", 0L)))
                    .as(how)
                    .isEqualTo(0x1122334455667788L);
        }
    }

    @Test
    void whatever_a_file_says_it_is_read_or_refused() throws Exception {
        byte[] whole = Files.readAllBytes(library);
        Random random = new Random(SEED);
        Path hostile = folder.resolve("hostile");
        for (int i = 0; i < 500; i++) {
            byte[] bytes = java.util.Arrays.copyOf(
                    whole, random.nextInt(10) == 0 ? random.nextInt(whole.length) : whole.length);
            int changes = 1 + random.nextInt(4);
            for (int c = 0; c < changes && bytes.length > 0; c++) {
                // Mostly where the tables are.
                int at = switch (random.nextInt(3)) {
                    case 0 -> random.nextInt(64);
                    case 1 -> bytes.length - 1 - random.nextInt(Math.min(bytes.length, 64 * 30));
                    default -> random.nextInt(bytes.length);
                };
                if (at < bytes.length) {
                    bytes[at] = (byte) (random.nextBoolean() ? 0xFF : random.nextInt(256));
                }
            }
            Files.write(hostile, bytes);
            try {
                long size = bytes.length;
                assertThat(ElfSymbols.offsets(hostile, NAMES).values())
                        .as("file " + i + " of seed " + SEED)
                        .allMatch(offset -> offset >= 0 && offset < size);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("it ");
            }
        }
    }

    @Test
    void what_is_no_such_file_is_refused() throws Exception {
        Path text = Files.writeString(folder.resolve("text"), "#!/bin/sh\n" + "x".repeat(100));
        assertThatThrownBy(() -> ElfSymbols.offsets(text, NAMES)).hasMessage("it is no ELF file of 64 bits");
        Path empty = Files.writeString(folder.resolve("empty"), "");
        assertThatThrownBy(() -> ElfSymbols.offsets(empty, NAMES)).isInstanceOf(IOException.class);
    }
}
