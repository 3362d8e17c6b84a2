package dev.mayfly.platform.linux.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.base.error.MayflyException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a real kernel, for whoever may use bpf(2). */
class BpfTest {
    @BeforeEach
    void requireBpf() {
        assumeTrue("Linux".equals(System.getProperty("os.name")), "not run here: bpf: needs Linux");
        try {
            Bpf.createMap("mf_probe", MapType.ARRAY, 4, 8, 1).close();
        } catch (MayflyException e) {
            assumeTrue(false, "not run here: bpf: " + e.why());
        }
    }

    @Test
    void a_hash_map_keeps_gives_and_loses_entries() {
        try (BpfMap map = Bpf.createMap("mf_test", MapType.HASH, 4, 8, 2)) {
            byte[] key = {1, 2, 3, 4};
            byte[] value = {8, 7, 6, 5, 4, 3, 2, 1};
            assertThat(map.lookup(key)).isEmpty();
            assertThat(map.firstKey()).isEmpty();
            map.update(key, value);
            assertThat(map.lookup(key))
                    .hasValueSatisfying(found -> assertThat(found).isEqualTo(value));
            assertThat(map.firstKey())
                    .hasValueSatisfying(found -> assertThat(found).isEqualTo(key));
            assertThat(map.delete(key)).isTrue();
            assertThat(map.delete(key)).isFalse();
            assertThatThrownBy(() -> map.update(new byte[3], value)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_closed_map_answers_with_a_reason() {
        BpfMap map = Bpf.createMap("mf_test", MapType.HASH, 4, 8, 2);
        map.close();
        map.close();
        assertThatThrownBy(() -> map.lookup(new byte[4]))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("EBADF");
    }

    @Test
    void a_program_that_the_verifier_rejects_is_refused_in_the_verifiers_words() {
        byte[] endless = new BpfAssembler().label("top").jump("top").assemble();
        assertThatThrownBy(() -> Bpf.loadSocketLookup("mf_test", endless))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("the verifier says");
    }

    @Test
    void a_sound_program_loads() {
        byte[] passAll = new BpfAssembler().move(Register.R0, 1).exit().assemble();
        try (BpfDescriptor program = Bpf.loadSocketLookup("mf_test", passAll)) {
            assertThat(program.fd()).isPositive();
        }
    }
}
