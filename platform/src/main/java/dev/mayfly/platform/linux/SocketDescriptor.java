package dev.mayfly.platform.linux;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The descriptor number of a socket that Java opened. A channel does not tell it, but the kernel does: the table of
 * sockets of the namespace names the inode behind a bound port, and one link below {@code /proc/self/fd} names that
 * inode. An inode stays unique while the socket is open, so this cannot pick a wrong one; it needs no access into the
 * JDK's internals.
 */
public final class SocketDescriptor {
    /** Local address, state and inode are columns 1, 3 and 9 of /proc/net/tcp (Documentation/networking/proc_net_tcp). */
    private static final int COLUMN_LOCAL = 1;

    private static final int COLUMN_STATE = 3;
    private static final int COLUMN_INODE = 9;
    /** TCP_LISTEN and, for UDP, TCP_CLOSE: an unconnected socket (include/net/tcp_states.h). */
    private static final String TCP_LISTEN = "0A";

    private static final String UDP_UNCONNECTED = "07";

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private SocketDescriptor() {}

    /** Of the TCP socket that listens on this port in the network namespace of the calling thread. */
    public static int ofTcpListener(int port) {
        return find(List.of("tcp6", "tcp"), port, TCP_LISTEN);
    }

    /** Of the unconnected UDP socket bound to this port in the network namespace of the calling thread. */
    public static int ofUdp(int port) {
        return find(List.of("udp", "udp6"), port, UDP_UNCONNECTED);
    }

    private static int find(List<String> tables, int port, String state) {
        try {
            for (String table : tables) {
                for (String inode : inodes(Path.of("/proc/thread-self/net", table), port, state)) {
                    int fd = descriptor("socket:[" + inode + "]");
                    if (fd >= 0) {
                        return fd;
                    }
                }
            }
        } catch (IOException e) {
            throw notFound(port, e.toString());
        }
        throw notFound(port, "no socket of this process is bound to it in this thread's network namespace");
    }

    private static List<String> inodes(Path table, int port, String state) throws IOException {
        if (!Files.exists(table)) {
            return List.of();
        }
        String end = String.format(Locale.ROOT, ":%04X", port);
        return Files.readAllLines(table).stream()
                .skip(1)
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > COLUMN_INODE
                        && columns[COLUMN_LOCAL].endsWith(end)
                        && columns[COLUMN_STATE].equals(state))
                .map(columns -> columns[COLUMN_INODE])
                .toList();
    }

    /** From the highest number down, because the socket was opened a moment ago and each look costs a system call. */
    private static int descriptor(String link) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                numbers.add(Integer.valueOf(descriptor.getFileName().toString()));
            }
        }
        numbers.sort(Collections.reverseOrder());
        for (int number : numbers) {
            try {
                Path found = Files.readSymbolicLink(DESCRIPTORS.resolve(Integer.toString(number)));
                if (found.toString().equals(link)) {
                    return number;
                }
            } catch (NoSuchFileException | NotLinkException closedMeanwhile) {
                // then it is not the one, which stays open
            }
        }
        return -1;
    }

    private static MayflyException notFound(int port, String why) {
        return new MayflyException(
                ErrorCode.SANDBOX_SETUP,
                "the descriptor of the socket on port " + port + " cannot be found",
                why,
                "check that /proc is mounted and readable for this process");
    }
}
