package dev.mayfly.fleet.edge;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Carries bytes between two ports, and can stop doing so without a word, as a firewall that forgets a connection does. */
final class Wire implements AutoCloseable {
    private final ServerSocket door;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile int generation;

    private Wire(ServerSocket door, int target) {
        this.door = door;
        this.target = target;
        Thread.startVirtualThread(this::accept);
    }

    static Wire to(int target) throws IOException {
        return new Wire(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
    }

    int port() {
        return door.getLocalPort();
    }

    /** What is connected now never carries a byte again, and is not closed either. */
    void holdBreath() {
        generation++;
    }

    /** Connections made from now on work. */
    void breathe() {
        generation++;
    }

    private void accept() {
        try {
            while (true) {
                Socket one = door.accept();
                sockets.add(one);
                int born = generation;
                // An odd one is of a wire that holds its breath.
                if (born % 2 == 0) {
                    Socket other = new Socket(InetAddress.getLoopbackAddress(), target);
                    sockets.add(other);
                    Thread.startVirtualThread(() -> carry(one, other, born));
                    Thread.startVirtualThread(() -> carry(other, one, born));
                }
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void carry(Socket from, Socket to, int born) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] bytes = new byte[8192];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                if (generation == born) {
                    out.write(bytes, 0, count);
                    out.flush();
                }
            }
            if (generation == born) {
                to.close();
            }
        } catch (IOException e) {
            // Either end has gone.
        }
    }

    @Override
    public void close() throws IOException {
        door.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
