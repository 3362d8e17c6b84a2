package dev.mayfly.sandbox.choose;

import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.Boxes;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.HostBind;
import dev.mayfly.sandbox.box.SlotNetworks;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A program for {@link RootlessTest}: runs jobs as the user that started it and prints a line for each. */
final class RootlessJobs {
    private RootlessJobs() {}

    private static Map<String, Boxes> jobs(Path shared) {
        Map<String, Boxes> jobs = new LinkedHashMap<>();
        jobs.put("hello", Boxes.sh("echo hello"));
        jobs.put("ids", Boxes.sh("id -u; grep CapBnd /proc/self/status"));
        jobs.put(
                "host", Boxes.sh("ls -d /root /home /var /sys 2>/dev/null; touch /usr/x /etc/x 2>/dev/null; echo end"));
        jobs.put("net", Boxes.sh("ls /sys/class/net 2>/dev/null; tail -n +3 /proc/net/dev | grep -vc lo:"));
        jobs.put("namespace", Boxes.sh("unshare -Ur true 2>/dev/null || echo refused"));
        jobs.put(
                "memory",
                Boxes.sh("head -c 300m /dev/zero | tail -c 290m | wc -c").memory(64 << 20));
        jobs.put(
                "memory-whole",
                Boxes.sh("head -c 300m /dev/zero | tail -c 30m | wc -c").memory(64 << 20));
        jobs.put(
                "pids",
                Boxes.sh("i=0; while [ $i -lt 60 ]; do sleep 20 & i=$((i+1)); done; echo all")
                        .pids(20));
        jobs.put("cpu", Boxes.sh("while :; do :; done").cpu(Duration.ofMillis(900)));
        jobs.put("wall", Boxes.sh("trap '' TERM; setsid sleep 987 & sleep 987").wall(Duration.ofMillis(400)));
        jobs.put("outputs", Boxes.sh("cat in > out").file("in", "kept").outputs("out"));
        jobs.put(
                "place",
                Boxes.sh("echo x > /data/place/f && echo wrote").bind(new HostBind(shared, "/data/place", true)));
        return jobs;
    }

    public static void main(String[] args) throws Exception {
        LauncherBinary launcher = new LauncherBinary.Found(Path.of(args[1]), "given");
        Path shared = Files.createDirectory(Path.of(args[2], "shared")).toRealPath();
        HostBackends host = new HostBackends(
                launcher, Path.of(args[2]), 2, Duration.ofSeconds(60), SlotNetworks.none("not here"), "Linux");
        Backends.Choice choice = host.choose(Preference.of(args[0]));
        try (Backend backend = choice.backend()) {
            say("backend", backend.name(), String.join("; ", choice.evidence()));
            for (LayerReport layer : backend.layers()) {
                say("layer " + layer.name(), layer.state().word(), layer.reason());
            }
            for (Map.Entry<String, Boxes> job : jobs(shared).entrySet()) {
                Execution run = backend.run(job.getValue().spec());
                String outputs = run.outputs().isEmpty()
                        ? ""
                        : new String(run.outputs().getFirst().content(), StandardCharsets.UTF_8);
                String out = new String(run.stdout().head(), StandardCharsets.UTF_8);
                say(job.getKey(), run.exit() + " " + run.limitsHit(), out + outputs);
            }
        }
    }

    private static void say(String name, String fact, String text) {
        System.out.println(name + "\t" + fact + "\t" + text.strip().replace("\n", ","));
    }
}
