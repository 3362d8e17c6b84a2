package dev.mayfly.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonWriter;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class ReportTest {
    private static final long MILLI = 1_000_000;

    private static Series series(String id, String name, long... millis) {
        Series series = new Series(id, name);
        for (long each : millis) {
            series.record(each * MILLI);
        }
        return series;
    }

    private static Report report(List<Series> series) {
        SustainedLoad load =
                new SustainedLoad(series("sustained", "load", 2, 4), 2, 4, List.of(100L << 20, 110L << 20, 111L << 20));
        KillTree kill = new KillTree(series("kill_tree", "kill", 5), series("beyond", "beyond", 12), 500, 502);
        Flood flood = new Flood(1024, 1.5, 80, 90);
        return new Report(
                "exec",
                new Machine("a processor", 2, "Linux", "8 GB", "a JVM"),
                "0.10 0.20 0.30",
                "1.00 0.50 0.40",
                series,
                Optional.of(load),
                Optional.of(kill),
                Optional.of(flood),
                Targets.figures(series, Optional.of(load), Optional.of(kill), Optional.of(flood)),
                List.of(new NotRun("podman", "it is not there")));
    }

    private static List<Series> both() {
        return List.of(series("bwrap", "bubblewrap", 10, 10, 10), series("mayfly_native", "ours <&>", 1, 1, 4));
    }

    @Test
    void the_text_says_on_what_it_was_measured_and_what_each_target_came_to() {
        String text = report(both()).text();

        assertThat(text)
                .contains("machine: 2 x a processor", "load average: 0.10 0.20 0.30 before, 1.00 0.50 0.40 after")
                .containsPattern("ours <&> +3 +1\\.00 +4\\.00 +4\\.00 +4\\.00 +0\\.10\n")
                .containsPattern("isolated run of true, P50 +1\\.00 ms +<= 1\\.50  met\n")
                .containsPattern("isolated run of true to bubblewrap's, P50 +0\\.10 x +<= 0\\.35  met\n")
                .containsPattern("jobs sustained for 2 s +1 jobs/s +>= 600  not met\n")
                .containsPattern("deadline to end of run, 500 daemons, P50 +12(\\.0)? ms +<= 10  not met\n")
                .contains("502 processes seen at once")
                .endsWith("not run here: podman: it is not there");
        assertThat(text.lines()).noneMatch(line -> line.endsWith(" "));
    }

    @Test
    void the_json_has_the_same_numbers_and_can_be_read_back() {
        var json = report(both()).json();

        assertThat(JsonReader.read(JsonWriter.pretty(json).getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(json);
        assertThat(JsonWriter.compact(json))
                .contains("\"benchmark\":\"exec\"", "\"load_average_before\":\"0.10 0.20 0.30\"")
                .contains("\"id\":\"mayfly_native\"", "\"p50_to_bwrap\":0.1")
                .contains("\"id\":\"flood_above_idle\"", "\"target\":\"<= 64\",\"met\":true")
                .contains("\"not_run\":[{\"name\":\"podman\",\"why\":\"it is not there\"}]");
    }

    @Test
    void figures_whose_peers_did_not_run_are_left_out_and_not_invented() {
        List<Series> alone = List.of(series("mayfly_native", "ours", 1));

        assertThat(Targets.figures(alone, Optional.empty(), Optional.empty(), Optional.empty()))
                .extracting(Figure::id)
                .containsExactly("mayfly_native_p50");
        assertThat(report(alone).text()).containsPattern("ours +1 +1\\.00.* -\n");
    }

    @Test
    void memory_is_compared_between_the_second_third_and_the_last() {
        SustainedLoad load = new SustainedLoad(
                series("sustained", "load", 1),
                3,
                1,
                List.of(
                        1L << 20, 2L << 20, 3L << 20, 50L << 20, 51L << 20, 52L << 20, 53L << 20, 54L << 20,
                        55L << 20));

        assertThat(load.growthMegabytes()).isEqualTo(3);
        assertThat(load.startMegabytes()).isEqualTo(1);
        assertThat(load.mostMegabytes()).isEqualTo(55);
    }

    @Test
    void the_plot_is_well_formed_and_has_a_bar_for_each_series() throws Exception {
        String svg = Plot.svg("title & more", both());

        var document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(document.getElementsByTagName("rect").getLength()).isEqualTo(1 + 2);
        assertThat(svg).contains("title &amp; more", "ours &lt;&amp;&gt;");
    }
}
