package dev.mayfly.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code mayfly bench …}: hands its words on; the benchmarks know their own options. */
final class BenchVerb implements Verb {
    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.command("mayfly bench", "Runs this project's benchmarks, each beside its reference.");
        spec.parser().unmatchedOptionsArePositionalParams(true);
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .paramLabel("WORD")
                .description("which benchmark, and its options; none lists them")
                .build());
        Specs.footer(spec, "0 measured, 4 internal error, 64 wrong usage", "mayfly bench exec", "mayfly bench start");
        return spec;
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        List<String> words = parsed.matchedPositionalValue(0, List.of());
        return session.runHere("bench", Map.of(), words);
    }
}
