package dev.mayfly.sandbox.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.platform.linux.bpf.Bpf;
import dev.mayfly.platform.linux.bpf.BpfDescriptor;
import dev.mayfly.platform.linux.bpf.BpfMap;
import dev.mayfly.platform.linux.bpf.MapType;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.attack.WitnessedSandbox;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.seccomp.Arch;
import dev.mayfly.testkit.Needs;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelWitnessTest {
    @ParameterizedTest
    @EnumSource(Arch.class)
    void the_kernel_verifies_the_program_for_either_architecture(Arch arch) {
        Needs.linux();
        Needs.root();
        try (BpfMap totals = Bpf.createMap("mf_t", MapType.HASH, Long.BYTES, ExitProgram.TOTALS_BYTES, 4);
                BpfMap like = KernelWitness.table();
                BpfMap tables = Bpf.createMapOfMaps("mf_t", Long.BYTES, 4, like);
                BpfMap calls = KernelWitness.callsOf(arch);
                BpfDescriptor program = KernelWitness.load(arch, calls, totals, tables)) {
            assertThat(program.fd()).isPositive();
        }
    }

    @Test
    void a_job_that_runs_into_permissions_is_told_by_name_once_and_the_next_run_starts_clean(@TempDir Path home)
            throws Exception {
        try (WitnessedSandbox sandbox = open(home)) {
            List<Violation> first = sandbox.violations("echo x > /etc/passwd; mkdir /usr/x; kill -9 1; cat /nowhere");
            assertThat(first)
                    .extracting(violation ->
                            violation.rule() + " " + violation.subject().replaceAll(": E.*", ""))
                    .contains(
                            "fs.permission write /etc/passwd",
                            "fs.permission create /usr/x",
                            "kernel.permission kill 1");
            assertThat(first).allMatch(violation -> !violation.subject().contains("nowhere"));
            assertThat(sandbox.violations("echo fine")).isEmpty();
        }
    }

    @Test
    void a_flood_of_different_refusals_ends_in_a_number(@TempDir Path home) throws Exception {
        try (WitnessedSandbox sandbox = open(home)) {
            List<Violation> flood =
                    sandbox.violations("i=0; while [ $i -lt 300 ]; do true > /usr/flood$i; i=$((i+1)); done; true");
            assertThat(flood).hasSizeBetween(KernelWitness.DISTINCT, KernelWitness.DISTINCT + 3);
            assertThat(flood.stream().mapToLong(Violation::count).sum()).isEqualTo(300);
            assertThat(flood.stream()
                            .filter(one -> one.subject().startsWith("more kinds"))
                            .toList())
                    .hasSize(1);
            assertThat(sandbox.violations("true")).isEmpty();
        }
    }

    /** What ordinary programs run into must neither cost them their verdict nor change from run to run. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "python3 -c 'import json, subprocess, tempfile; print(json.dumps(1))'",
                "git init -q a && cd a && git status --short && echo done",
                "ls / /proc /etc > /dev/null; echo done",
                "echo 'int main(void){return 0;}' > a.c && gcc -o a a.c && ./a && echo done"
            })
    void harmless_programs_stay_green_and_have_one_digest(String command, @TempDir Path home) throws Exception {
        Set<String> verdicts = new HashSet<>();
        Set<String> digests = new HashSet<>();
        Set<List<String>> subjects = new HashSet<>();
        try (WitnessedSandbox sandbox = open(home)) {
            for (int i = 0; i < Integer.getInteger("mayfly.runs", 10); i++) {
                WitnessedSandbox.Seen seen = sandbox.run(command);
                assumeTrue(seen.exitCode() != 127, "not run here: " + command.split(" ")[0] + ": not installed");
                verdicts.add(seen.verdict());
                digests.add(seen.digest());
                subjects.add(seen.violations().stream().map(Violation::subject).toList());
            }
        }
        assertThat(verdicts).containsExactly("green");
        assertThat(digests).hasSize(1);
        assertThat(subjects).hasSize(1);
    }

    @Test
    void one_that_is_off_sees_nothing_and_is_no_missing_layer() {
        try (DenialWitness off = DenialWitness.off();
                DenialWitness.Watch watch = off.watch(1)) {
            assertThat(off.layer().state()).isEqualTo(LayerState.OFF);
            assertThat(watch.collect(java.util.Map.of())).isEmpty();
        }
    }

    private static WitnessedSandbox open(Path home) throws Exception {
        WitnessedSandbox sandbox = WitnessedSandbox.open(home);
        if (!sandbox.witnessed()) {
            sandbox.close();
            assumeTrue(false, "not run here: denial-witness: " + sandbox.why());
        }
        return sandbox;
    }
}
