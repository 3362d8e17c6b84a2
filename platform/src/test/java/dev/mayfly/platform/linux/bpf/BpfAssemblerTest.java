package dev.mayfly.platform.linux.bpf;

import static dev.mayfly.platform.linux.bpf.Register.R0;
import static dev.mayfly.platform.linux.bpf.Register.R1;
import static dev.mayfly.platform.linux.bpf.Register.R10;
import static dev.mayfly.platform.linux.bpf.Register.R6;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BpfAssemblerTest {
    private static String hex(BpfAssembler code) {
        return HexFormat.of().formatHex(code.assemble());
    }

    /** Expected bytes as llvm-objdump shows them for the same instructions. */
    @Test
    void instructions_are_eight_bytes_in_the_kernels_layout() {
        assertThat(hex(new BpfAssembler().move(R0, 1).exit())).isEqualTo("b700000001000000" + "9500000000000000");
        assertThat(hex(new BpfAssembler().move(R6, R1))).isEqualTo("bf16000000000000");
        assertThat(hex(new BpfAssembler().loadWord(R0, R6, 40))).isEqualTo("6160280000000000");
        assertThat(hex(new BpfAssembler().storeWord(R10, -4, R1))).isEqualTo("631afcff00000000");
        assertThat(hex(new BpfAssembler().storeLong(R10, -8, 1))).isEqualTo("7a0af8ff01000000");
        assertThat(hex(new BpfAssembler().atomicAdd(R0, 8, R1))).isEqualTo("db10080000000000");
        assertThat(hex(new BpfAssembler().call(124))).isEqualTo("850000007c000000");
        assertThat(hex(new BpfAssembler().loadMap(R1, 7))).isEqualTo("1811000007000000" + "0000000000000000");
        assertThat(hex(new BpfAssembler().fromNetwork16(R1))).isEqualTo("dc01000010000000");
    }

    @Test
    void jumps_count_instructions_from_the_next_one_forwards_and_backwards() {
        BpfAssembler code = new BpfAssembler()
                .label("top")
                .jumpIfEqual(R0, 3, "end")
                .move(R0, 0)
                .jump("top")
                .label("end")
                .exit();
        assertThat(hex(code))
                .isEqualTo("1500020003000000" + "b700000000000000" + "0500fdff00000000" + "9500000000000000");
    }

    @Test
    void a_jump_to_nowhere_and_a_label_twice_are_errors() {
        assertThatThrownBy(() -> new BpfAssembler().jump("nowhere").assemble())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nowhere");
        assertThatThrownBy(() -> new BpfAssembler().label("a").label("a")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new BpfAssembler().loadWord(R0, R1, 40_000))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
