package dev.mayfly.env.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans that nobody should send. Each is an error that names its reason, and leaves nothing. */
@Timeout(60)
class EnterPlanTest {
    private static final String GOOD = "mode,run,id,x,folder,/nowhere,target,/nowhere,cwd,/,lower,/nowhere,arg,true";

    @TempDir
    Path folder;

    private Stage stage;

    @BeforeEach
    void setTheStage() throws IOException {
        stage = new Stage(folder);
    }

    private static byte[] plan(String pairs) {
        return withLength((pairs.replace(',', '\0') + '\0').getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] withLength(byte[] text) {
        return ByteBuffer.allocate(4 + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(text.length)
                .put(text)
                .array();
    }

    private void isRefused(byte[] plan, String why) {
        assertThatThrownBy(() -> Enter.start(plan, stage.target))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_SETUP))
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mode,walk",
                "colour,red",
                "id,../etc",
                "id,",
                "folder,relative",
                "folder,/a/../b",
                "target,/a/..",
                "bytes,-1",
                "bytes,99999999999999999999",
                "bytes,12x",
                "uid,4294967295",
                "env,novalue",
                "env,=x",
                "bind-from,x",
                "bind-root,/a,bind-root,/b",
                "bind-root,/a,bind-from,/abs",
                "edit,memory",
                "rootless,maybe",
                "mode,join,keeper,0,keeper-start,1",
                "space,1,space-start,1",
                "space,1,rootless,yes"
            })
    void a_value_that_does_not_fit_is_refused_by_its_key(String pairs) {
        isRefused(plan(GOOD + "," + pairs), "plan: ");
    }

    @Test
    void a_plan_without_its_parts_is_refused() {
        isRefused(plan("mode,run"), "must be there");
        isRefused(plan(GOOD.replace(",arg,true", "")), "there is no command");
        isRefused(plan("mode"), "has no value");
        isRefused(withLength("mode\0run".getBytes(StandardCharsets.UTF_8)), "does not end with NUL");
        isRefused(withLength(new byte[0]), "empty or too long");
        byte[] huge = plan(GOOD);
        ByteBuffer.wrap(huge).order(ByteOrder.LITTLE_ENDIAN).putInt(1 << 30);
        isRefused(huge, "empty or too long");
    }

    @Test
    void noise_never_runs_anything_and_never_hangs() {
        Leaks leaks = Leaks.snapshot(folder.getFileName().toString());
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            byte[] text = (GOOD.replace(',', '\0') + '\0').getBytes(StandardCharsets.UTF_8);
            for (int j = 0; j <= i % 5; j++) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            }
            byte[] noise = i % 2 == 0 ? text : Arrays.copyOf(text, random.nextInt(1, text.length));
            assertThatThrownBy(() -> Enter.start(withLength(noise), stage.target))
                    .isInstanceOf(MayflyException.class);
        }
        leaks.assertUnchanged();
    }

    @Test
    void records_are_read_as_they_were_written_and_damage_is_told() throws IOException {
        RunRequest request = stage.request("r", Stage.memory(), "true");
        RuntimeRecord record = new RuntimeRecord(
                request.id(),
                java.util.List.of(dev.mayfly.env.object.Digest.EMPTY),
                java.util.List.of(),
                "erofs",
                request.view(),
                request.target(),
                true,
                false,
                true,
                1000,
                "boot",
                java.time.Instant.parse("2026-01-02T03:04:05.678Z"));
        byte[] bytes = RecordJson.write(record);
        assertThat(RecordJson.read(Path.of("x"), bytes)).isEqualTo(record);
        for (int i = 0; i < bytes.length - 2; i += 7) {
            byte[] torn = Arrays.copyOf(bytes, i);
            assertThatThrownBy(() -> RecordJson.read(Path.of("x"), torn))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_CORRUPT));
        }
    }
}
