package dev.mayfly.fleet.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class NamesTest {
    @Test
    void names_are_safe_in_paths() {
        assertThat(new RunnerName("myshoes-6f9a_1.b")).hasToString("myshoes-6f9a_1.b");
        for (String bad : new String[] {"", ".", "..", "a/b", "-a", "a b", "a\n", "é", "a".repeat(256)}) {
            assertThatThrownBy(() -> new RunnerName(bad)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new RunnerId(bad)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new AgentId(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void labels_are_compared_without_regard_to_case() {
        assertThat(new Label(" Self-Hosted ")).isEqualTo(new Label("self-hosted"));
        assertThatThrownBy(() -> new Label(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Label("a\u0000")).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void any_random_bits_make_an_address_that_a_machine_may_have(@ForAll long random) {
        MacAddress mac = MacAddress.of(random);
        assertThat(new MacAddress(mac.value())).isEqualTo(mac);
        assertThat(mac.value()).hasSize(17).isLowerCase();
    }

    @Test
    void addresses_of_makers_and_groups_are_refused() {
        assertThat(new MacAddress("0A:00:00:00:00:01").value()).isEqualTo("0a:00:00:00:00:01");
        for (String bad :
                new String[] {"00:00:00:00:00:01", "03:00:00:00:00:01", "02:00:00:00:00", "02-00-00-00-00-01"}) {
            assertThatThrownBy(() -> new MacAddress(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void a_machine_identifier_is_what_machine_id_holds() {
        assertThat(new MachineIdentifier("0".repeat(31) + "f")).hasToString("0".repeat(31) + "f");
        assertThatThrownBy(() -> new MachineIdentifier("F".repeat(32))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MachineIdentifier("0".repeat(31))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void both_spellings_of_a_size_are_understood() {
        for (ResourceType type : ResourceType.values()) {
            assertThat(ResourceType.parse(type.word())).contains(type);
            assertThat(ResourceType.parse(type.name())).contains(type);
        }
        assertThat(ResourceType.parse(" 2XLarge ")).contains(ResourceType.XLARGE2);
        assertThat(ResourceType.parse("huge")).isEmpty();
        assertThat(ResourceType.XLARGE4.memoryBytes()).isEqualTo(64L << 30);
    }

    @Test
    void fences_only_rise() {
        assertThat(Fence.NONE.next()).isEqualTo(new Fence(1)).isGreaterThan(Fence.NONE);
        assertThatThrownBy(() -> new Fence(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Fence(Long.MAX_VALUE).next()).isInstanceOf(ArithmeticException.class);
    }
}
