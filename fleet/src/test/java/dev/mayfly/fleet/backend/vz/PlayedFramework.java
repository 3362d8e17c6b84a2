package dev.mayfly.fleet.backend.vz;

import dev.mayfly.platform.objc.ObjectiveC;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtualization.framework as far as its documentation says what it demands: which parts a machine must have, that all happens
 * on its queue, and what it says when something is wrong. A machine that runs is a guest that is played, too.
 */
final class PlayedFramework implements ObjectiveC {
    /** What a machine does that was started. */
    interface Guest extends AutoCloseable {
        @Override
        void close();
    }

    interface Boots {
        Guest boot(Path disk, Path seed) throws IOException;
    }

    private static final class Thing {
        final String kind;
        final Map<String, Long> parts = new HashMap<>();
        final List<Long> items = new ArrayList<>();
        String text = "";

        Thing(String kind) {
            this.kind = kind;
        }

        long part(String name) {
            return parts.getOrDefault(name, 0L);
        }
    }

    private final Map<Long, Thing> things = new HashMap<>();
    private final Map<Long, LongConsumer> handlers = new HashMap<>();
    private final ReentrantLock queue = new ReentrantLock();
    private final Boots boots;
    private long state;
    private @Nullable Guest guest;

    /** Of the next fresh identifier; empty for a random one. */
    Optional<String> nextIdentifier = Optional.empty();

    /** What starting says; empty when it works. */
    Optional<Long> startError = Optional.empty();

    /** A class that this system does not have. */
    String missing = "";

    PlayedFramework(Boots boots) {
        this.boots = boots;
    }

    private long add(Thing thing) {
        long number = 1L + things.size();
        things.put(number, thing);
        return number;
    }

    private Thing thing(long number) {
        return Optional.ofNullable(things.get(number)).orElseGet(() -> new Thing("nil"));
    }

    @Override
    public long type(String name) {
        if (name.equals(missing)) {
            return 0;
        }
        Thing type = new Thing("class");
        type.text = name;
        return add(type);
    }

    @Override
    public long send(long receiver, String selector, long... given) {
        if (!queue.isHeldByCurrentThread()) {
            throw new IllegalStateException(selector + " outside of the queue");
        }
        Thing to = thing(receiver);
        return switch (selector) {
            case "new" -> add(fresh(to.text));
            case "alloc" -> add(new Thing(to.text));
            case "addObject:" -> {
                to.items.add(given[0]);
                yield 0;
            }
            case "fileURLWithPath:", "initWithString:", "initWithBase64EncodedString:options:" -> {
                Thing made = new Thing(to.kind.equals("class") ? to.text : to.kind);
                made.text = thing(given[0]).text;
                boolean fits = !to.kind.equals("VZMACAddress") || made.text.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}");
                yield fits ? add(made) : 0;
            }
            case "initWithDataRepresentation:" -> {
                to.text = thing(given[0]).text;
                yield to.text.isEmpty() ? 0 : receiver;
            }
            case "isSupported" ->
                to.text.equals(Base64.getEncoder()
                                .encodeToString("other".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                        ? 0xff00
                        : 1;
            case "dataRepresentation" -> receiver;
            case "base64EncodedStringWithOptions:" -> string(to.text);
            case "initWithURL:" -> {
                to.text = thing(given[0]).text;
                yield Files.isRegularFile(Path.of(to.text)) ? receiver : 0;
            }
            case "initWithAttachment:" -> {
                to.parts.put("attachment", given[0]);
                yield receiver;
            }
            case "initWithWidthInPixels:heightInPixels:pixelsPerInch:" -> receiver;
            case "initWithConfiguration:queue:" -> {
                to.parts.put("configuration", given[0]);
                yield given[1] == queue() && state == 0 ? receiver : 0;
            }
            case "startWithCompletionHandler:" -> start(to, given[0]);
            case "stopWithCompletionHandler:" -> stop(given[0]);
            case "state" -> state;
            case "code" -> Long.parseLong(to.text.split(" ", 2)[0]);
            case "domain" -> string("VZErrorDomain");
            case "localizedDescription" -> string(to.text.split(" ", 2)[1]);
            default -> {
                if (!selector.startsWith("set")) {
                    throw new IllegalStateException("unrecognized selector " + selector + " of " + to.kind);
                }
                to.parts.put(selector, given[0]);
                yield 0;
            }
        };
    }

    private Thing fresh(String kind) {
        Thing made = new Thing(kind);
        if (kind.equals("VZMacMachineIdentifier")) {
            byte[] bytes = new byte[16];
            new SecureRandom().nextBytes(bytes);
            made.text = nextIdentifier.orElse(Base64.getEncoder().encodeToString(bytes));
        }
        return made;
    }

    private long error(long code, String text) {
        Thing error = new Thing("NSError");
        error.text = code + " " + text;
        return add(error);
    }

    @Override
    public Sent sendWithError(long receiver, String selector, long... given) {
        Thing to = thing(receiver);
        if (selector.equals("initWithURL:readOnly:error:")) {
            to.text = thing(given[0]).text;
            to.parts.put("readOnly", given[1]);
            return Files.isRegularFile(Path.of(to.text))
                    ? new Sent(receiver, 0)
                    : new Sent(0, error(5, "there is no such disk image"));
        }
        List<String> wanted = List.of(
                "setPlatform:",
                "setBootLoader:",
                "setCPUCount:",
                "setMemorySize:",
                "setStorageDevices:",
                "setNetworkDevices:",
                "setGraphicsDevices:");
        Optional<String> lacks =
                wanted.stream().filter(part -> !to.parts.containsKey(part)).findFirst();
        Thing platform = thing(to.parts.getOrDefault("setPlatform:", 0L));
        boolean whole = platform.parts
                .keySet()
                .containsAll(List.of("setHardwareModel:", "setMachineIdentifier:", "setAuxiliaryStorage:"));
        return lacks.isEmpty() && whole
                ? new Sent(0xabcd_ef01L, 0)
                : new Sent(0xabcd_ef00L, error(2, "the configuration lacks " + lacks.orElse("a part of its platform")));
    }

    private long start(Thing machine, long handler) {
        LongConsumer done = handlers.getOrDefault(handler, _ -> {});
        Thing configuration = thing(machine.part("configuration"));
        List<Path> disks = thing(configuration.part("setStorageDevices:")).items.stream()
                .map(device -> Path.of(thing(thing(device).part("attachment")).text))
                .toList();
        Thread.ofPlatform().start(() -> {
            long error = 0;
            queue.lock();
            try {
                if (startError.isPresent()) {
                    error = error(startError.get(), "it cannot be started");
                    state = 3;
                } else {
                    guest = boots.boot(disks.get(0), disks.get(1));
                    state = 1;
                }
            } catch (IOException e) {
                error = error(1, String.valueOf(e.getMessage()));
            } finally {
                done.accept(error);
                queue.unlock();
            }
        });
        state = 4;
        return 0;
    }

    private long stop(long handler) {
        Guest running = guest;
        if (running != null) {
            running.close();
        }
        state = 0;
        handlers.getOrDefault(handler, _ -> {}).accept(0);
        return 0;
    }

    @Override
    public long string(String text) {
        Thing made = new Thing("NSString");
        made.text = text;
        return add(made);
    }

    @Override
    public String text(long string) {
        return thing(string).text;
    }

    @Override
    public <T> T onQueue(Supplier<T> work) {
        queue.lock();
        try {
            return work.get();
        } finally {
            queue.unlock();
        }
    }

    @Override
    public long queue() {
        return -7;
    }

    @Override
    public long handler(LongConsumer completion) {
        long number = add(new Thing("block"));
        handlers.put(number, completion);
        return number;
    }
}
