package dev.mayfly.mesh.service;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * What happened to a queue pair, as the 80 bytes in which the open-source R-Pingmesh hands it from the kernel to its agent.
 * Numbers are little endian, addresses as they are on the wire.
 *
 * @param nanos when, on the monotonic clock of the host
 * @param local address of this end, where it is known
 * @param remote of the other end; nothing but in a change of state that names it
 * @param localQueuePair number of it here
 * @param remoteQueuePair there; 0 likewise
 * @param process and thread, as the first process namespace numbers them
 * @param state that it was put into, by its number in libibverbs
 * @param event {@link #CREATED}, {@link #CHANGED}, {@link #DESTROYED}, or {@link #ENDED}
 * @param command name of the thread
 */
public record ConnectionTuple(
        long nanos,
        Gid local,
        Gid remote,
        int localQueuePair,
        int remoteQueuePair,
        int process,
        int thread,
        int state,
        int event,
        int port,
        String command) {
    public static final int BYTES = 80;

    public static final int CREATED = 1;
    public static final int CHANGED = 2;
    public static final int DESTROYED = 3;
    /** Ours: the process ended, or became another program, and all it had is gone. */
    public static final int ENDED = 4;

    /** Places of the fields. */
    public static final int NANOS = 0;

    public static final int LOCAL = 8;
    public static final int REMOTE = 24;
    public static final int LOCAL_QUEUE_PAIR = 40;
    public static final int REMOTE_QUEUE_PAIR = 44;
    public static final int PROCESS = 48;
    public static final int THREAD = 52;
    public static final int STATE = 56;
    public static final int EVENT = 60;
    public static final int PORT = 61;
    public static final int COMMAND = 64;
    public static final int COMMAND_BYTES = 16;

    public static ConnectionTuple read(ByteBuffer in, int at) {
        ByteBuffer bytes = in.slice(at, BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return new ConnectionTuple(
                bytes.getLong(NANOS),
                gid(bytes, LOCAL),
                gid(bytes, REMOTE),
                bytes.getInt(LOCAL_QUEUE_PAIR),
                bytes.getInt(REMOTE_QUEUE_PAIR),
                bytes.getInt(PROCESS),
                bytes.getInt(THREAD),
                bytes.getInt(STATE),
                Byte.toUnsignedInt(bytes.get(EVENT)),
                Byte.toUnsignedInt(bytes.get(PORT)),
                text(bytes, COMMAND, COMMAND_BYTES));
    }

    /** As the same bytes. */
    public void write(ByteBuffer out, int at) {
        ByteBuffer bytes = out.slice(at, BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(0, new byte[BYTES]);
        bytes.putLong(NANOS, nanos);
        put(bytes, LOCAL, local);
        put(bytes, REMOTE, remote);
        bytes.putInt(LOCAL_QUEUE_PAIR, localQueuePair);
        bytes.putInt(REMOTE_QUEUE_PAIR, remoteQueuePair);
        bytes.putInt(PROCESS, process);
        bytes.putInt(THREAD, thread);
        bytes.putInt(STATE, state);
        bytes.put(EVENT, (byte) event);
        bytes.put(PORT, (byte) port);
        byte[] name = command.getBytes(StandardCharsets.UTF_8);
        bytes.put(COMMAND, name, 0, Math.min(name.length, COMMAND_BYTES - 1));
    }

    ConnectionTuple from(Gid address) {
        return new ConnectionTuple(
                nanos, address, remote, localQueuePair, remoteQueuePair, process, thread, state, event, port, command);
    }

    private static Gid gid(ByteBuffer bytes, int at) {
        ByteBuffer network = bytes.slice(at, 16).order(ByteOrder.BIG_ENDIAN);
        return new Gid(network.getLong(0), network.getLong(8));
    }

    private static void put(ByteBuffer bytes, int at, Gid gid) {
        bytes.slice(at, 16).order(ByteOrder.BIG_ENDIAN).putLong(0, gid.high()).putLong(8, gid.low());
    }

    /** Up to a zero; what a process may call itself is anything. */
    static String text(ByteBuffer bytes, int at, int most) {
        int end = 0;
        while (end < most && bytes.get(at + end) != 0) {
            end++;
        }
        byte[] raw = new byte[end];
        bytes.get(at, raw);
        return new String(raw, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}", "?");
    }
}
