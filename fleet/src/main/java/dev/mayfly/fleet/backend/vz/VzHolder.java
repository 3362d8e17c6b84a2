package dev.mayfly.fleet.backend.vz;

import dev.mayfly.base.log.Log;
import dev.mayfly.platform.objc.ObjectiveC;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The process that has one machine, and ends with it. It speaks in lines through a socket in the bundle:
 *
 * <pre>
 *   status     status STATE
 *   stop       stopping, and the process ends
 *   other      denied
 * </pre>
 */
public final class VzHolder {
    static final String SOCKET = "holder.sock";
    static final String PROCESS = "holder.pid";
    static final String READY = "ready";

    private static final long LOOK_AGAIN_MILLIS = 250;
    private static final int LONGEST_LINE = 64;

    private final VirtualMachine machine;
    private final Log log;
    private volatile boolean stopping;

    private VzHolder(VirtualMachine machine, Log log) {
        this.machine = machine;
        this.log = log;
    }

    /**
     * Makes the machine of a bundle, says on {@code out} that it runs, or why not, and stays until it has ended.
     *
     * @return whether there was a machine
     */
    public static boolean serve(Path bundle, ObjectiveC objc, PrintStream out, Log log) throws InterruptedException {
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            Files.writeString(
                    bundle.resolve(PROCESS),
                    Long.toString(ProcessHandle.current().pid()));
            VzHolder holder;
            try {
                holder = new VzHolder(VirtualMachine.make(objc, bundle, VzRecipe.load(bundle)), log);
                holder.machine.start();
            } catch (IOException e) {
                out.println(e.getMessage());
                return false;
            }
            listener.bind(UnixDomainSocketAddress.of(bundle.resolve(SOCKET)));
            Thread.ofPlatform().daemon().name("holder").start(() -> holder.listen(listener));
            out.println(READY);
            out.flush();
            holder.hold();
            return true;
        } catch (IOException e) {
            out.println(e.getMessage());
            return false;
        }
    }

    /** A machine ends by itself when its guest shuts down. */
    private void hold() throws InterruptedException, IOException {
        VirtualMachine.State state = machine.state();
        while (!stopping && state != VirtualMachine.State.STOPPED && state != VirtualMachine.State.ERROR) {
            Thread.sleep(LOOK_AGAIN_MILLIS);
            state = machine.state();
        }
        if (stopping) {
            machine.stop();
        }
        log.info().with("state", state.name()).log("the machine has ended");
    }

    private void listen(ServerSocketChannel listener) {
        while (listener.isOpen()) {
            try (SocketChannel caller = listener.accept();
                    BufferedReader lines =
                            new BufferedReader(Channels.newReader(caller, StandardCharsets.UTF_8), LONGEST_LINE)) {
                char[] line = new char[LONGEST_LINE];
                int n = lines.read(line);
                String said = n < 0 ? "" : new String(line, 0, n).strip();
                String answer = switch (said) {
                    case "status" -> "status " + machine.state().name().toLowerCase(Locale.ROOT);
                    case "stop" -> "stopping";
                    default -> "denied";
                };
                caller.write(ByteBuffer.wrap((answer + "\n").getBytes(StandardCharsets.UTF_8)));
                stopping |= said.equals("stop");
            } catch (IOException e) {
                log.debug().cause(e).log("a caller has gone");
            }
        }
    }
}
