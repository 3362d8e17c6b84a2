package dev.mayfly.sandbox.choose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.sandbox.launcher.BuiltLauncher;
import dev.mayfly.testkit.Needs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An ordinary user, without any control group or user id to give away, still gets a real sandbox that says what it lacks. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RootlessTest {
    /** Used by nobody else on this machine, so that nothing counts against its limits. */
    private static final String USER = "64999";

    private static final FileAttribute<?> PUBLIC =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x"));

    @TempDir
    Path folder;

    private final Map<String, Map<String, String[]>> ran = new HashMap<>();

    @ParameterizedTest
    @ValueSource(strings = {"native", "bwrap"})
    void an_ordinary_user_gets_a_real_sandbox_and_the_truth_about_it(String backend) throws Exception {
        Map<String, String[]> lines = ranOn(backend);
        assertThat(lines.get("backend")[1]).as(lines.get("backend")[2]).isEqualTo(backend);
        for (String layer : List.of("user-ns", "pid-ns", "mount-ns", "net-ns", "rootfs", "seccomp", "caps")) {
            assertThat(lines.get("layer " + layer)[1]).as(layer).isEqualTo("active");
        }
        assertThat(lines.get("layer uid")[1]).isEqualTo("degraded");
        assertThat(lines.get("hello")[2]).isEqualTo("hello");
        assertThat(lines.get("ids")[2]).isEqualTo("1000,CapBnd:\t0000000000000000");
        assertThat(lines.get("host")[2]).isEqualTo("end");
        assertThat(lines.get("net")[2]).isEqualTo("0");
        assertThat(lines.get("namespace")[2]).isEqualTo("refused");
        assertThat(lines.get("outputs")[2]).isEqualTo("kept");
        assertThat(lines.get("wall")[1]).contains("WALL");
        assertThat(lines.get("cpu")[1]).contains("CPU");
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "bwrap"})
    void a_granted_place_of_the_host_is_there(String backend) throws Exception {
        assertThat(ranOn(backend).get("place")[2]).isEqualTo("wrote");
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "bwrap"})
    void without_control_groups_resource_limits_stand_in(String backend) throws Exception {
        Map<String, String[]> lines = ranOn(backend);
        Needs.that(lines.get("layer cgroup-pids")[1].equals("degraded"), "ordinary user", "it has control groups here");
        assertThat(lines.get("layer cgroup-memory")[1]).isEqualTo("degraded");
        assertThat(lines.get("layer cgroup-memory")[2])
                .isEqualTo("RLIMIT_AS per process instead of a control group: this user may not make control groups");
        assertThat(lines.get("memory")[2]).as("more than the limit").isEqualTo("0");
        assertThat(lines.get("memory-whole")[2]).as("less than the limit").isEqualTo("31457280");
        assertThat(lines.get("pids")[2])
                .as("sixty processes where twenty may be")
                .isEmpty();
    }

    private Map<String, String[]> ranOn(String backend) throws Exception {
        Map<String, String[]> lines = ran.get(backend);
        if (lines == null) {
            lines = run(backend);
            ran.put(backend, lines);
        }
        return lines;
    }

    private Map<String, String[]> run(String backend) throws Exception {
        Needs.linux();
        Needs.root();
        if (backend.equals("bwrap")) {
            Needs.command("bwrap");
        }
        LauncherBinary.Found launcher = (LauncherBinary.Found) BuiltLauncher.locate();
        List<String> drop =
                List.of(Needs.command("setpriv").toString(), "--reuid", USER, "--regid", USER, "--clear-groups");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path java = Path.of(ProcessHandle.current().info().command().orElseThrow());
        Needs.that(works(drop, List.of(java.toString(), "-version")), "ordinary user", "it cannot run " + java);
        Needs.that(
                works(drop, List.of("unshare", "--user", "--pid", "--fork", "--net", "--mount", "true")),
                "user namespaces",
                "an ordinary user may not make them");
        Path program = Files.copy(launcher.path(), folder.resolve("launcher-" + backend));
        Path state = Files.createDirectory(folder.resolve("state-" + backend));
        Files.setAttribute(state, "unix:uid", Integer.valueOf(USER));
        List<String> command = new ArrayList<>(drop);
        command.addAll(List.of(java.toString(), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", readableClassPath()));
        command.addAll(List.of(RootlessJobs.class.getName(), backend, program.toString(), state.toString()));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = start(command, out, err);
        boolean ended = process.waitFor(120, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("ended in time").isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isZero();
        assertThat(processesOf(USER)).as("left behind").isEmpty();
        Map<String, String[]> lines = new HashMap<>();
        for (String line : Files.readAllLines(out)) {
            String[] parts = line.split("\t", 3);
            lines.put(parts[0], parts);
        }
        return lines;
    }

    private static Process start(List<String> command, Path out, Path err) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().keySet().retainAll(List.of("PATH"));
        return builder.directory(new File("/")).start();
    }

    private boolean works(List<String> drop, List<String> command) throws Exception {
        List<String> whole = new ArrayList<>(drop);
        whole.addAll(command);
        Process process = start(whole, folder.resolve("try"), folder.resolve("try"));
        return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    /** The folders of classes are copied: a repository may lie where an ordinary user does not get. */
    private String readableClassPath() throws IOException {
        List<String> entries = new ArrayList<>();
        Path base = Files.createTempDirectory(folder, "class-path", PUBLIC);
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path from = Path.of(entry);
            if (!entry.contains("/target/")) {
                continue;
            }
            Path to = base.resolve("" + entries.size());
            try (Stream<Path> all = Files.walk(from)) {
                for (Path each : all.toList()) {
                    Path copy = to.resolve(from.relativize(each).toString());
                    Files.createDirectories(copy.getParent());
                    Files.copy(each, copy);
                }
            }
            entries.add(to.toString());
        }
        return String.join(File.pathSeparator, entries);
    }

    /** What has no command line any more is dead and only waits for process 1 of this machine. */
    private static List<String> processesOf(String user) throws InterruptedException {
        List<String> left = List.of();
        for (int i = 0; i < 50; i++) {
            left = ProcessHandle.allProcesses()
                    .filter(each -> each.info().user().filter(user::equals).isPresent())
                    .filter(each -> each.info().commandLine().isPresent())
                    .map(each -> each.pid() + " " + each.info().commandLine().orElse(""))
                    .toList();
            if (left.isEmpty()) {
                return left;
            }
            Thread.sleep(20);
        }
        return left;
    }
}
