package dev.mayfly.sandbox.wasm;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.InputFile;
import dev.mayfly.sandbox.box.BoxSpec;
import java.util.List;
import java.util.Optional;

/**
 * The program a command names, and its arguments. There is no shell here: {@code sh -c} is understood only around plain
 * words, and anything that would need a shell is refused rather than guessed.
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of up to megabytes, compared by nobody
record WasmCommand(String path, byte[] module, List<String> arguments) {
    private static final String SHELL_CHARACTERS = "|&;<>()$`\\\"'*?[]#~={}!%\n\r";

    /** @throws MayflyException SANDBOX_UNAVAILABLE when this back end cannot run the command */
    static WasmCommand of(BoxSpec spec) {
        List<String> words = words(spec.argv());
        String name = words.getFirst();
        String path = name.startsWith("/") ? name : join(spec.cwd(), name);
        Optional<InputFile> file = spec.files().stream()
                .filter(candidate -> Vfs.absolute(candidate.path()).equals(path))
                .findFirst();
        if (file.isEmpty()) {
            throw refusal(
                    "the wasm back end cannot run '" + shown(name) + "'",
                    "it runs only a WASI program among the files of the request, and none of them is " + shown(path));
        }
        if (!ModuleMeter.looksLikeModule(file.get().content())) {
            throw refusal(
                    "the wasm back end cannot run '" + shown(name) + "'",
                    "the file does not begin with the WebAssembly magic number");
        }
        return new WasmCommand(path, file.get().content(), words);
    }

    private static List<String> words(List<String> argv) {
        if (argv.isEmpty()) {
            throw refusal("the wasm back end cannot run an empty command", "there is no program to run");
        }
        boolean shell = argv.size() == 3
                && (argv.getFirst().equals("sh") || argv.getFirst().equals("/bin/sh"))
                && argv.get(1).equals("-c");
        if (!shell) {
            return argv;
        }
        String line = argv.get(2).strip();
        if (line.isEmpty() || line.chars().anyMatch(c -> SHELL_CHARACTERS.indexOf(c) >= 0)) {
            throw refusal(
                    "the wasm back end cannot run '" + shown(line) + "'",
                    "it has no shell, and this command is empty or needs one");
        }
        return List.of(line.split("[ \t]+", -1));
    }

    private static String join(String folder, String name) {
        String plain = name.startsWith("./") ? name.substring(2) : name;
        return folder.endsWith("/") ? folder + plain : folder + "/" + plain;
    }

    private static String shown(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "..." : text;
    }

    private static MayflyException refusal(String what, String why) {
        return new MayflyException(
                ErrorCode.SANDBOX_UNAVAILABLE,
                what,
                why,
                "send the .wasm file in files[] and name it, for example argv [\"/workspace/prog.wasm\", \"arg\"];"
                        + " for shell commands use --backend native");
    }
}
