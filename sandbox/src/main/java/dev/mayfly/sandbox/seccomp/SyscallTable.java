package dev.mayfly.sandbox.seccomp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** Names and numbers of the system calls of one architecture, read from the table beside this class. Immutable. */
final class SyscallTable {
    private final Map<String, Integer> numbers;
    private final TreeMap<Integer, String> names;

    private SyscallTable(Map<String, Integer> numbers) {
        this.numbers = Map.copyOf(numbers);
        this.names = new TreeMap<>();
        numbers.forEach((name, number) -> names.put(number, name));
    }

    static SyscallTable of(Arch arch) {
        return switch (arch) {
            case X86_64 -> X86.TABLE;
            case AARCH64 -> Arm.TABLE;
        };
    }

    /** Empty when this architecture has no call of this name; many old calls have no number on aarch64. */
    OptionalInt number(String name) {
        Integer number = numbers.get(name);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** The name, or {@code syscall <n>} for a number that no table knows. */
    String name(int number) {
        String name = names.get(number);
        return name == null ? "syscall " + Integer.toUnsignedString(number) : name;
    }

    Set<String> names() {
        return Collections.unmodifiableSet(numbers.keySet());
    }

    private static SyscallTable read(String resource) {
        Map<String, Integer> numbers = new HashMap<>();
        try (InputStream bytes = SyscallTable.class.getResourceAsStream(resource)) {
            if (bytes == null) {
                throw new IllegalStateException(resource + " is missing from the program");
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#")) {
                    int space = line.indexOf(' ');
                    numbers.put(line.substring(space + 1), Integer.parseInt(line.substring(0, space)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new SyscallTable(numbers);
    }

    /** Holders, so that a program reads only the table of the machine it runs on. */
    private static final class X86 {
        static final SyscallTable TABLE = read("x86_64.syscalls");
    }

    private static final class Arm {
        static final SyscallTable TABLE = read("aarch64.syscalls");
    }
}
