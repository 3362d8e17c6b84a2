package dev.mayfly.fleet.backend.vz;

import dev.mayfly.platform.objc.ObjectiveC;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One VZVirtualMachine. All of it happens on its queue, as the framework demands. */
final class VirtualMachine {
    static final String DISK = "Disk.img";
    static final String SEED = "seed.img";
    static final String IDENTIFIER = "MachineIdentifier";

    /** As VZVirtualMachineState counts them. */
    enum State {
        STOPPED,
        RUNNING,
        PAUSED,
        ERROR,
        STARTING,
        PAUSING,
        RESUMING,
        STOPPING,
        SAVING,
        RESTORING
    }

    /** VZErrorVirtualMachineLimitExceeded. */
    private static final long LIMIT = 6;

    private static final long MINUTES = 5;
    private static final int WIDTH = 1024;
    private static final int HEIGHT = 768;
    private static final int DENSITY = 72;

    private final ObjectiveC objc;
    private final long machine;

    private VirtualMachine(ObjectiveC objc, long machine) {
        this.objc = objc;
        this.machine = machine;
    }

    /** Of the files of a bundle, with an identifier that no machine of this host had. */
    static VirtualMachine make(ObjectiveC objc, Path bundle, VzRecipe recipe) throws IOException {
        try {
            return objc.onQueue(() -> new VirtualMachine(objc, new Parts(objc, bundle, recipe).machine()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Waits until it runs. */
    void start() throws IOException, InterruptedException {
        await("startWithCompletionHandler:");
    }

    /** At once, as if the power went; a machine is never used again. */
    void stop() throws IOException, InterruptedException {
        await("stopWithCompletionHandler:");
    }

    private void await(String selector) throws IOException, InterruptedException {
        CompletableFuture<String> done = new CompletableFuture<>();
        objc.onQueue(() -> objc.send(
                machine, selector, objc.handler(error -> done.complete(error == 0 ? "" : said(objc, error)))));
        try {
            String error = done.get(MINUTES, TimeUnit.MINUTES);
            if (!error.isEmpty()) {
                throw new IOException(error);
            }
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Virtualization.framework does not answer", e);
        }
    }

    State state() {
        int number = Math.toIntExact(objc.onQueue(() -> objc.send(machine, "state")));
        State[] all = State.values();
        return number >= 0 && number < all.length ? all[number] : State.ERROR;
    }

    /** What an NSError says. */
    static String said(ObjectiveC objc, long error) {
        long code = objc.send(error, "code");
        String domain = objc.text(objc.send(error, "domain"));
        String limit = code == LIMIT && domain.equals("VZErrorDomain")
                ? ": macOS runs two guests of macOS at a time; some of those that have ended may still count until the"
                        + " host is started anew"
                : "";
        return objc.text(objc.send(error, "localizedDescription")) + " (" + domain + " " + code + ")" + limit;
    }

    /** Makes the parts of a machine; lives for one work on the queue. */
    private record Parts(ObjectiveC objc, Path bundle, VzRecipe recipe) {
        long machine() {
            long configuration = fresh("VZVirtualMachineConfiguration");
            objc.send(configuration, "setPlatform:", platform());
            objc.send(configuration, "setBootLoader:", fresh("VZMacOSBootLoader"));
            objc.send(configuration, "setCPUCount:", recipe.cpus());
            objc.send(configuration, "setMemorySize:", recipe.memoryBytes());
            objc.send(configuration, "setStorageDevices:", array(disk(DISK, false), disk(SEED, true)));
            objc.send(configuration, "setNetworkDevices:", array(network()));
            objc.send(configuration, "setGraphicsDevices:", array(graphics()));
            objc.send(configuration, "setEntropyDevices:", array(fresh("VZVirtioEntropyDeviceConfiguration")));
            ObjectiveC.Sent valid = objc.sendWithError(configuration, "validateWithError:");
            if ((valid.answer() & 0xff) == 0) {
                throw failed("it is not valid: " + said(objc, valid.error()));
            }
            return made(
                    "VZVirtualMachine",
                    objc.send(
                            objc.send(type("VZVirtualMachine"), "alloc"),
                            "initWithConfiguration:queue:",
                            configuration,
                            objc.queue()));
        }

        private long platform() {
            long data = data(recipe.hardwareModel());
            long model = made(
                    "VZMacHardwareModel",
                    objc.send(objc.send(type("VZMacHardwareModel"), "alloc"), "initWithDataRepresentation:", data));
            if (!objc.is(model, "isSupported")) {
                throw failed("this Mac cannot be the hardware that the template was installed on");
            }
            long identifier = fresh("VZMacMachineIdentifier");
            String written = objc.text(
                    objc.send(objc.send(identifier, "dataRepresentation"), "base64EncodedStringWithOptions:", 0));
            try {
                new Identifiers(Path.of(recipe.identifiers())).claim(written);
                Files.write(bundle.resolve(IDENTIFIER), Base64.getDecoder().decode(written));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            long storage = made(
                    "VZMacAuxiliaryStorage",
                    objc.send(
                            objc.send(type("VZMacAuxiliaryStorage"), "alloc"),
                            "initWithURL:",
                            url(bundle.resolve(VzTemplate.AUXILIARY))));
            long platform = fresh("VZMacPlatformConfiguration");
            objc.send(platform, "setHardwareModel:", model);
            objc.send(platform, "setMachineIdentifier:", identifier);
            objc.send(platform, "setAuxiliaryStorage:", storage);
            return platform;
        }

        private long disk(String name, boolean readOnly) {
            ObjectiveC.Sent attachment = objc.sendWithError(
                    objc.send(type("VZDiskImageStorageDeviceAttachment"), "alloc"),
                    "initWithURL:readOnly:error:",
                    url(bundle.resolve(name)),
                    readOnly ? 1 : 0);
            if (attachment.answer() == 0) {
                throw failed(name + " cannot be attached: " + said(objc, attachment.error()));
            }
            return objc.send(
                    objc.send(type("VZVirtioBlockDeviceConfiguration"), "alloc"),
                    "initWithAttachment:",
                    attachment.answer());
        }

        private long network() {
            long card = fresh("VZVirtioNetworkDeviceConfiguration");
            objc.send(card, "setAttachment:", fresh("VZNATNetworkDeviceAttachment"));
            long address = made(
                    "VZMACAddress",
                    objc.send(objc.send(type("VZMACAddress"), "alloc"), "initWithString:", objc.string(recipe.mac())));
            objc.send(card, "setMACAddress:", address);
            return card;
        }

        /** A guest of macOS wants one, whether somebody looks or not. */
        private long graphics() {
            long display = objc.send(
                    objc.send(type("VZMacGraphicsDisplayConfiguration"), "alloc"),
                    "initWithWidthInPixels:heightInPixels:pixelsPerInch:",
                    WIDTH,
                    HEIGHT,
                    DENSITY);
            long device = fresh("VZMacGraphicsDeviceConfiguration");
            objc.send(device, "setDisplays:", array(display));
            return device;
        }

        private long type(String name) {
            long type = objc.type(name);
            if (type == 0) {
                throw failed("this macOS has no " + name + "; guests of macOS take macOS 13 or newer on Apple silicon");
            }
            return type;
        }

        private long fresh(String name) {
            return made(name, objc.send(type(name), "new"));
        }

        private static long made(String name, long object) {
            if (object == 0) {
                throw failed("there is no " + name + " of what was given");
            }
            return object;
        }

        private long array(long... objects) {
            long array = fresh("NSMutableArray");
            for (long each : objects) {
                objc.send(array, "addObject:", each);
            }
            return array;
        }

        private long url(Path path) {
            return objc.send(type("NSURL"), "fileURLWithPath:", objc.string(path.toString()));
        }

        private long data(String base64) {
            return made(
                    "NSData",
                    objc.send(
                            objc.send(type("NSData"), "alloc"),
                            "initWithBase64EncodedString:options:",
                            objc.string(base64),
                            0));
        }

        private static UncheckedIOException failed(String why) {
            return new UncheckedIOException(new IOException(why));
        }
    }
}
