package dev.mayfly.bench.fleet;

import dev.mayfly.fleet.image.Template;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The hypervisor alone: from the start of its process until the guest answers one word. No clone, identity or login is part
 * of it. Restoring is from a file of memory that all share, as QEMU's own documentation of VM templating has it, with the
 * rest of the state read by {@code cat}.
 */
public final class RawQemu {
    private static final int WAIT_SECONDS = 20;
    private static final long LOOK_AGAIN_MILLIS = 1;
    private static final String KERNEL =
            "console=ttyS0 quiet net.ifnames=0 random.trust_cpu=on mitigations=off audit=0";

    private final Path program;
    private final Path tool;
    private final Template template;
    private final String accelerator;
    private final long mebibytes;
    private final Path folder;
    private int number;

    /** @param folder must be there; short, because of sockets */
    public RawQemu(Path program, Path tool, Template template, String accelerator, long mebibytes, Path folder) {
        this.program = program;
        this.tool = tool;
        this.template = template;
        this.accelerator = accelerator;
        this.mebibytes = mebibytes;
        this.folder = folder;
    }

    /** @return nanoseconds until the guest answers */
    public long boot() throws IOException, InterruptedException {
        Path place = overlay(template.disk(), "raw");
        long begun = System.nanoTime();
        Process process = start(place, List.of("-M", "q35"));
        try (Line guest = Line.open(process, place.resolve("guest.sock"))) {
            guest.ask("hello", "guest 1");
            return System.nanoTime() - begun;
        } finally {
            end(process);
        }
    }

    /** Boots a machine and saves it, for {@link #restore}. */
    public void save() throws IOException, InterruptedException {
        Path place = overlay(template.disk(), "raw");
        Process process = start(place, memory("on"));
        try (Line guest = Line.open(process, place.resolve("guest.sock"));
                Line control = Line.open(process, place.resolve("qmp.sock"))) {
            guest.ask("hello", "guest 1");
            guest.ask("prepare", "prepared");
            control.ask(command("qmp_capabilities", ""), "\"return\"");
            control.ask(command("stop", ""), "\"return\"");
            ignoreShared(control);
            control.ask(command("migrate", "\"uri\": \"exec:cat > " + state() + "\""), "\"return\"");
            while (!control.ask(command("query-migrate", ""), "\"return\"").contains("\"completed\"")) {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            }
            Files.move(place.resolve("disk.qcow2"), folder.resolve("saved.qcow2"));
        } finally {
            end(process);
        }
    }

    /** @return nanoseconds until the guest answers */
    public long restore() throws IOException, InterruptedException {
        Path place = overlay(folder.resolve("saved.qcow2"), "qcow2");
        List<String> more = new ArrayList<>(memory("off"));
        more.addAll(List.of("-incoming", "defer"));
        long begun = System.nanoTime();
        Process process = start(place, more);
        try (Line guest = Line.open(process, place.resolve("guest.sock"));
                Line control = Line.open(process, place.resolve("qmp.sock"))) {
            control.ask(command("qmp_capabilities", ""), "\"return\"");
            ignoreShared(control);
            control.ask(command("migrate-incoming", "\"uri\": \"exec:cat " + state() + "\""), "\"return\"");
            while (!control.ask(command("query-migrate", ""), "\"return\"").contains("\"completed\"")) {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            }
            control.ask(command("cont", ""), "\"return\"");
            guest.ask("hello", "guest 1");
            return System.nanoTime() - begun;
        } finally {
            end(process);
        }
    }

    /** @return nanoseconds of {@code qemu-img create} */
    public long overlayTime() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        overlay(template.disk(), "raw");
        return System.nanoTime() - begun;
    }

    private Path overlay(Path below, String format) throws IOException, InterruptedException {
        Path place = Files.createDirectory(folder.resolve("m" + number++));
        run(
                tool.toString(),
                "create",
                "-q",
                "-f",
                "qcow2",
                "-b",
                below.toString(),
                "-F",
                format,
                place.resolve("disk.qcow2").toString());
        return place;
    }

    private static void run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(words[0] + ": " + said.strip());
        }
    }

    private Path state() {
        return folder.resolve("saved.state");
    }

    private List<String> memory(String share) {
        return List.of(
                "-object",
                "memory-backend-file,id=m,size=" + mebibytes + "M,share=" + share + ",mem-path="
                        + folder.resolve("saved.memory"),
                "-M",
                "q35,memory-backend=m");
    }

    private Process start(Path place, List<String> more) throws IOException {
        List<String> line = new ArrayList<>(List.of(program.toString(), "-nodefaults", "-no-user-config"));
        line.addAll(List.of("-display", "none", "-accel", accelerator, "-smp", "1", "-m", mebibytes + "M"));
        line.addAll(more);
        line.addAll(List.of(
                "-kernel",
                template.kernel().toString(),
                "-initrd",
                template.loader().toString()));
        line.addAll(List.of("-append", KERNEL, "-serial", "null"));
        line.addAll(List.of("-drive", "file=disk.qcow2,format=qcow2,if=virtio,cache=unsafe"));
        line.addAll(List.of("-netdev", "user,id=n,restrict=on", "-device", "virtio-net-pci,netdev=n"));
        line.addAll(List.of("-device", "virtio-rng-pci", "-device", "virtio-serial-pci"));
        line.addAll(List.of("-chardev", "socket,id=g,path=guest.sock,server=on,wait=off"));
        line.addAll(List.of("-device", "virtserialport,chardev=g,name=dev.mayfly.guest.0"));
        line.addAll(List.of("-qmp", "unix:qmp.sock,server=on,wait=off"));
        return new ProcessBuilder(line)
                .directory(place.toFile())
                .redirectErrorStream(true)
                .redirectOutput(place.resolve("said").toFile())
                .start();
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(WAIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    private static String command(String name, String arguments) {
        return "{\"execute\": \"" + name + "\", \"arguments\": {" + arguments + "}}";
    }

    private static void ignoreShared(Line control) throws IOException {
        control.ask(
                command(
                        "migrate-set-capabilities",
                        "\"capabilities\": [{\"capability\": \"x-ignore-shared\", \"state\": true}]"),
                "\"return\"");
    }

    /** Lines each way over a socket. */
    private record Line(SocketChannel socket, BufferedReader reader) implements AutoCloseable {
        static Line open(Process process, Path path) throws IOException, InterruptedException {
            while (true) {
                if (!process.isAlive()) {
                    throw new IOException("QEMU ended: "
                            + Files.readString(path.resolveSibling("said")).strip());
                }
                if (Files.exists(path)) {
                    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
                    try {
                        socket.connect(UnixDomainSocketAddress.of(path));
                        return new Line(
                                socket,
                                new BufferedReader(new InputStreamReader(
                                        Channels.newInputStream(socket), StandardCharsets.UTF_8)));
                    } catch (java.net.ConnectException _) {
                        socket.close(); // it does not listen yet
                    }
                }
                Thread.sleep(LOOK_AGAIN_MILLIS);
            }
        }

        String ask(String question, String mark) throws IOException {
            ByteBuffer bytes = ByteBuffer.wrap((question + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                socket.write(bytes);
            }
            while (true) {
                String line = reader.readLine();
                if (line == null) {
                    throw new EOFException("QEMU ended");
                }
                if (line.contains("\"error\"")) {
                    throw new IOException(line);
                }
                if (line.contains(mark)) {
                    return line;
                }
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
