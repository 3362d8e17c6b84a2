package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.api.RunRequest;
import dev.mayfly.sandbox.request.RequestReader;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineBackendsTest {
    /** {@code AGFzbQEAAAA=} is the head of a WebAssembly module, {@code aGk=} is not. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    "cmd": "p.wasm a b"                 | AGFzbQEAAAA= | true
                    "cmd": " ./p.wasm"                  | AGFzbQEAAAA= | true
                    "cmd": "/workspace/p.wasm"          | AGFzbQEAAAA= | true
                    "argv": ["p.wasm", "x"]             | AGFzbQEAAAA= | true
                    "cmd": "cat p.wasm"                 | AGFzbQEAAAA= | false
                    "cmd": "/tmp/p.wasm"                | AGFzbQEAAAA= | false
                    "argv": ["p.wasm x"]                | AGFzbQEAAAA= | false
                    "cmd": "p.wasm"                     | aGk=         | false
                    """)
    void a_command_that_names_a_program_of_the_request_is_run_by_the_wasm_backend(
            String command, String content, boolean expected) {
        String json = "{" + command + ", \"files\": [{\"path\": \"p.wasm\", \"content_b64\": \"" + content + "\"}]}";
        RunRequest request = new RequestReader().read(json.getBytes(StandardCharsets.UTF_8));

        assertThat(MachineBackends.namesWasmProgram(request)).isEqualTo(expected);
    }
}
