package dev.mayfly.sandbox.request;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.text.Spelling;
import dev.mayfly.sandbox.allow.AllowSyntaxException;
import dev.mayfly.sandbox.allow.Ascii;
import dev.mayfly.sandbox.allow.FsPattern;
import dev.mayfly.sandbox.allow.NetRule;
import dev.mayfly.sandbox.api.Effect;
import dev.mayfly.sandbox.api.InputFile;
import dev.mayfly.sandbox.api.RunRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** One method per key of a request; each reports to the problems and then goes on with the key's default. */
final class Fields {
    private static final Set<String> KEYS = Set.of(
            "cmd",
            "argv",
            "stdin",
            "env",
            "files",
            "policy_id",
            "timeout_sec",
            "allow_net",
            "allow_fs",
            "seed",
            "outputs",
            "effect");
    /** All 64 bits set, read as unsigned. */
    private static final long MAX_SEED = -1;

    private final JsonObject object;
    private final Problems problems;

    Fields(JsonObject object, Problems problems) {
        this.object = object;
        this.problems = problems;
    }

    Optional<String> command() {
        return get("cmd").flatMap(value -> string("$.cmd", value)).map(cmd -> {
            if (cmd.isEmpty()) {
                problems.add("$.cmd", "the command is empty", "write what shall run");
            }
            argument("$.cmd", cmd);
            return cmd;
        });
    }

    List<String> argv() {
        List<String> argv = strings("argv", RequestLimits.ARGUMENTS);
        if (object.get("argv").isPresent() && argv.isEmpty()) {
            problems.add("$.argv", "the list has no program", "write the program first, then its arguments");
        }
        for (int i = 0; i < argv.size(); i++) {
            argument("$.argv[" + i + "]", argv.get(i));
        }
        if (!argv.isEmpty() && argv.getFirst().isEmpty()) {
            problems.add("$.argv[0]", "the name of the program is empty", "write the program first");
        }
        return argv;
    }

    void exactlyOneCommand() {
        boolean cmd = object.get("cmd").isPresent();
        boolean argv = object.get("argv").isPresent();
        if (cmd && argv) {
            problems.add("$", "both cmd and argv are given", "keep one: cmd runs in a shell, argv without one");
        } else if (!cmd && !argv) {
            problems.add(
                    "$", "nothing to run: neither cmd nor argv is given", "add \"cmd\": \"…\" or \"argv\": [\"…\"]");
        }
    }

    private void argument(String path, String text) {
        noNul(path, text);
        tooLong(path, text, RequestLimits.ARGUMENT_BYTES);
    }

    private void noNul(String path, String text) {
        if (text.indexOf('\0') >= 0) {
            problems.add(path, "the text holds NUL", "remove it; programs cannot be given NUL in arguments");
        }
    }

    private void tooLong(String path, String text, int most) {
        if (text.codePointCount(0, text.length()) > most) {
            problems.add(path, "longer than " + most + " characters", "shorten it, or send it in files[] or stdin");
        } else if (text.getBytes(StandardCharsets.UTF_8).length > most) {
            problems.addBeyondSchema(
                    path, "longer than " + most + " bytes of UTF-8", "shorten it, or send it in files[]");
        }
    }

    String text(String key) {
        return get(key).flatMap(value -> string("$." + key, value)).orElse("");
    }

    Map<String, String> env() {
        Map<String, String> env = new LinkedHashMap<>();
        Optional<JsonValue> given = get("env");
        if (given.isPresent() && !(given.get() instanceof JsonObject)) {
            wrongType("$.env", given.get(), "object");
        }
        if (given.isPresent() && given.get() instanceof JsonObject members) {
            if (members.members().size() > RequestLimits.ENV) {
                problems.add("$.env", "more than " + RequestLimits.ENV + " variables", "send fewer");
            }
            members.members().forEach((name, value) -> variable(name, value).ifPresent(text -> env.put(name, text)));
        }
        return env;
    }

    private Optional<String> variable(String name, JsonValue value) {
        String path = "$.env[" + JsonWriter.compact(new JsonString(shortened(name))) + "]";
        boolean fits =
                !name.isEmpty() && name.chars().allMatch(Fields::isNameCharacter) && !Ascii.isDigit(name.charAt(0));
        if (!fits || name.charAt(0) == '.' || name.charAt(0) == '-') {
            problems.add(path, "no name for a variable", "start with a letter or _, go on with letters, digits, _ . -");
        }
        if (name.length() > RequestLimits.ENV_NAME) {
            problems.add(path, "a name of more than " + RequestLimits.ENV_NAME + " characters", "shorten it");
        }
        Optional<String> text = switch (value) {
            case JsonString string -> Optional.of(string.value());
            case JsonNumber number -> Optional.of(JsonWriter.compact(number));
            case JsonBool bool -> Optional.of(String.valueOf(bool.value()));
            default -> {
                wrongType(path, value, "string, number or boolean");
                yield Optional.empty();
            }
        };
        text.ifPresent(content -> argument(path, content));
        return text;
    }

    private static boolean isNameCharacter(int c) {
        return Ascii.isLetterOrDigit(c) || c == '_' || c == '.' || c == '-';
    }

    List<InputFile> files() {
        List<JsonValue> items = items("files", RequestLimits.FILES);
        List<InputFile> files = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            String at = "$.files[" + i + "]";
            if (items.get(i) instanceof JsonObject file) {
                file(at, file).ifPresent(files::add);
            } else {
                wrongType(at, items.get(i), "object");
            }
        }
        FilePaths.check(files, problems);
        return files;
    }

    private Optional<InputFile> file(String at, JsonObject file) {
        for (String key : file.members().keySet()) {
            if (!key.equals("path") && !key.equals("content_b64")) {
                problems.add(at + "." + shortened(key), "unknown key", "a file has path and content_b64");
            }
        }
        Optional<byte[]> content = Optional.of(new byte[0]);
        Optional<JsonValue> base64 = file.get("content_b64");
        if (base64.isPresent()) {
            content = string(at + ".content_b64", base64.get()).flatMap(Base64Text::decode);
            if (content.isEmpty() && base64.get() instanceof JsonString) {
                problems.add(
                        at + ".content_b64", "no base64 (RFC 4648, with padding)", "encode it with: base64 -w0 FILE");
            }
        }
        Optional<JsonValue> path = file.get("path");
        if (path.isEmpty()) {
            problems.add(at, "the key path is missing", "add \"path\": \"/workspace/…\"");
            return Optional.empty();
        }
        Optional<String> place =
                string(at + ".path", path.get()).flatMap(text -> FilePaths.absolute(at + ".path", text, problems));
        return place.isPresent() && content.isPresent()
                ? Optional.of(new InputFile(place.get(), content.get()))
                : Optional.empty();
    }

    String policyId() {
        Optional<String> id = get("policy_id").flatMap(value -> string("$.policy_id", value));
        if (id.isPresent() && !PolicyIds.isValid(id.get())) {
            problems.add(
                    "$.policy_id",
                    "'" + shortened(id.get()) + "' is no policy id",
                    "write 1 to 64 letters, digits, - _ and single dots, starting with a letter or digit");
        }
        return id.orElse(RequestReader.DEFAULT_POLICY);
    }

    Duration timeout() {
        return Duration.ofSeconds(
                unsigned("timeout_sec", RequestLimits.TIMEOUT_SECONDS).orElse(0));
    }

    /** Unsigned 64 bits, kept in a long. */
    OptionalLong seed() {
        return unsigned("seed", MAX_SEED);
    }

    /** @param most the largest value allowed, itself unsigned */
    private OptionalLong unsigned(String key, long most) {
        Optional<JsonValue> value = get(key);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        String path = "$." + key;
        if (!(value.get() instanceof JsonNumber number) || !number.isInteger()) {
            wrongType(path, value.get(), "integer");
            return OptionalLong.empty();
        }
        OptionalLong bits = number.unsignedLong();
        if (bits.isEmpty() || Long.compareUnsigned(bits.getAsLong(), most) > 0) {
            String bound = "0.." + Long.toUnsignedString(most);
            problems.add(path, JsonWriter.compact(number) + " is outside " + bound, "write " + bound);
            return OptionalLong.empty();
        }
        return bits;
    }

    List<String> netRules(String key) {
        return rules(key, NetRule::parse);
    }

    List<String> fsRules(String key) {
        return rules(key, FsPattern::parse);
    }

    private List<String> rules(String key, Consumer<String> parser) {
        List<String> rules = strings(key, RequestLimits.RULES);
        for (int i = 0; i < rules.size(); i++) {
            String path = "$." + key + "[" + i + "]";
            String rule = rules.get(i);
            if (rule.isEmpty() || rule.codePointCount(0, rule.length()) > RequestLimits.RULE_TEXT) {
                problems.add(path, "a rule has 1 to " + RequestLimits.RULE_TEXT + " characters", "correct the rule");
                continue;
            }
            try {
                parser.accept(rule);
            } catch (AllowSyntaxException e) {
                problems.addBeyondSchema(path, e.problem(), e.fix());
            }
        }
        return rules;
    }

    List<String> outputs() {
        List<String> globs = strings("outputs", RequestLimits.OUTPUTS);
        List<String> kept = new ArrayList<>(globs.size());
        for (int i = 0; i < globs.size(); i++) {
            FilePaths.output("$.outputs[" + i + "]", globs.get(i), problems).ifPresent(kept::add);
        }
        return kept;
    }

    Effect effect(Effect otherwise) {
        Optional<String> word = get("effect").flatMap(value -> string("$.effect", value));
        if (word.isEmpty()) {
            return otherwise;
        }
        return switch (word.get()) {
            case "pure" -> Effect.PURE;
            case "effectful" -> Effect.EFFECTFUL;
            default -> {
                problems.add("$.effect", "an unknown word", "write pure or effectful");
                yield otherwise;
            }
        };
    }

    void refuseUnknown() {
        for (String key : object.members().keySet()) {
            if (!KEYS.contains(key)) {
                String meant = Spelling.nearest(key, KEYS)
                        .map(near -> "; did you mean " + near)
                        .orElse("");
                problems.add("$." + shortened(key), "unknown key", "remove it" + meant);
            }
        }
    }

    void checkArgumentSizes(RunRequest request) {
        long total = request.cmd().map(Fields::bytes).orElse(0L);
        for (String argument : request.argv()) {
            total += bytes(argument) + 1;
        }
        for (Map.Entry<String, String> variable : request.env().entrySet()) {
            long size = bytes(variable.getKey()) + bytes(variable.getValue()) + 2;
            total += size;
            if (size > RequestLimits.ARGUMENT_BYTES) {
                problems.addBeyondSchema(
                        "$.env", shortened(variable.getKey()) + " is too long with its value", "shorten it");
            }
        }
        if (total > RequestLimits.ARGUMENTS_BYTES) {
            problems.addBeyondSchema(
                    "$",
                    "command and variables have " + total + " bytes together",
                    "keep them below 1 MiB; send more in files[] or stdin");
        }
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private Optional<JsonValue> get(String key) {
        return object.get(key);
    }

    private List<String> strings(String key, int most) {
        List<JsonValue> items = items(key, most);
        List<String> texts = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            texts.add(string("$." + key + "[" + i + "]", items.get(i)).orElse(""));
        }
        return texts;
    }

    private List<JsonValue> items(String key, int most) {
        Optional<JsonValue> value = get(key);
        if (value.isEmpty()) {
            return List.of();
        }
        if (!(value.get() instanceof JsonArray array)) {
            wrongType("$." + key, value.get(), "array");
            return List.of();
        }
        if (array.items().size() > most) {
            problems.add("$." + key, array.items().size() + " items, more than " + most, "send fewer");
            return List.of();
        }
        return array.items();
    }

    private Optional<String> string(String path, JsonValue value) {
        if (value instanceof JsonString string) {
            return Optional.of(string.value());
        }
        wrongType(path, value, "string");
        return Optional.empty();
    }

    private void wrongType(String path, JsonValue value, String expected) {
        problems.add(path, value.kind() + " where " + expected + " is expected", "write " + expected + " there");
    }

    private static String shortened(String text) {
        String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
