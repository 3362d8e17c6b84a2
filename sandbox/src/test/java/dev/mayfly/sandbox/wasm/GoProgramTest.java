package dev.mayfly.sandbox.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.BoxLimits;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program with a real language runtime in it: scheduler, garbage collector, its own file and clock code. */
class GoProgramTest {
    private static final String SOURCE = """
            package main

            import (
            	"bufio"
            	"crypto/rand"
            	"fmt"
            	"os"
            	"time"
            )

            func fib(n int) int {
            	if n < 2 {
            		return n
            	}
            	return fib(n-1) + fib(n-2)
            }

            func main() {
            	fmt.Println(os.Args[1:], os.Getenv("GREETING"))
            	start := time.Now()
            	fmt.Println(start.UTC().Format("2006-01-02"))
            	time.Sleep(90 * time.Second)
            	fmt.Println(time.Since(start) >= 90*time.Second)
            	os.MkdirAll("/workspace/out/deep", 0o755)
            	fmt.Println(os.WriteFile("out/deep/result.txt", []byte("42"), 0o644))
            	entries, _ := os.ReadDir("/workspace/out")
            	fmt.Println(len(entries), entries[0].Name(), entries[0].IsDir())
            	_, err := os.ReadFile("/etc/passwd")
            	fmt.Println(err != nil)
            	secret := make([]byte, 16)
            	rand.Read(secret)
            	fmt.Printf("%x\\n", secret)
            	lines := bufio.NewScanner(os.Stdin)
            	for lines.Scan() {
            		fmt.Println("in:", lines.Text())
            	}
            	results := make(chan int)
            	go func() { results <- fib(24) }()
            	fmt.Println(<-results)
            	fmt.Fprintln(os.Stderr, "done")
            	os.Exit(5)
            }
            """;

    @TempDir
    Path folder;

    private byte[] build() throws IOException, InterruptedException {
        Files.writeString(folder.resolve("main.go"), SOURCE);
        ProcessBuilder builder = new ProcessBuilder("go", "build", "-o", "prog.wasm", "main.go")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        builder.environment().putAll(Map.of("GOOS", "wasip1", "GOARCH", "wasm", "GOFLAGS", "", "GOPROXY", "off"));
        builder.environment().putIfAbsent("GOCACHE", folder.resolve("cache").toString());
        try {
            Process go = builder.start();
            boolean ended = go.waitFor(5, TimeUnit.MINUTES);
            if (!ended) {
                go.destroyForcibly();
            }
            assumeTrue(
                    ended && go.exitValue() == 0,
                    () -> "not run here: Go for wasip1: the compiler failed, see its message in the log");
        } catch (IOException e) {
            assumeTrue(false, "not run here: Go for wasip1: no go command on the PATH");
        }
        return Files.readAllBytes(folder.resolve("prog.wasm"));
    }

    @Test
    void aGoProgramRunsTheSameEveryTime() throws IOException, InterruptedException {
        byte[] module = build();
        Boxes box = Boxes.of(module)
                .argv("prog.wasm", "one", "two")
                .env(Map.of("GREETING", "hello", "PWD", "/workspace"))
                .stdin("first\nsecond")
                .outputs("out/**")
                .limits(new BoxLimits(
                        Duration.ofMinutes(3),
                        Duration.ofSeconds(10),
                        256 << 20,
                        1,
                        16 << 20,
                        64,
                        64 << 20,
                        64 << 10,
                        1 << 20));
        try (WasmBackend backend = new WasmBackend()) {
            Execution run = backend.run(box.spec());
            assertThat(run.exit()).isEqualTo(new Exit.Exited(5));
            assertThat(Boxes.text(run.stdout()).lines())
                    .startsWith("[one two] hello", "2026-01-01", "true", "<nil>", "1 deep true", "true")
                    .endsWith("in: first", "in: second", "46368");
            assertThat(Boxes.text(run.stderr())).isEqualTo("done\n");
            assertThat(run.violations()).containsExactly(new Violation("fs.default", "/etc/passwd", 1));
            assertThat(run.outputs()).singleElement().satisfies(file -> {
                assertThat(file.path()).isEqualTo("out/deep/result.txt");
                assertThat(file.content()).isEqualTo(new byte[] {'4', '2'});
            });
            assertThat(Boxes.fingerprint(backend.run(box.spec()))).isEqualTo(Boxes.fingerprint(run));
        }
    }
}
