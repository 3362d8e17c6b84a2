package dev.mayfly.mesh.soft;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.linux.Machine;
import java.util.List;
import java.util.Locale;

/** Chooses how frames are sent over sockets on this machine, and says why. */
public final class Soft {
    /**
     * What was chosen.
     *
     * @param why empty when it is the best there is
     * @param fix what would make it better; empty likewise
     */
    public record Choice(Transport transport, String why, String fix) {}

    private Soft() {}

    /** @param system as {@code os.name} has it */
    public static boolean kernelStamps(String system, Machine machine) {
        return system.toLowerCase(Locale.ROOT).contains("linux") && machine != Machine.OTHER;
    }

    /** Whether this machine can. */
    public static boolean kernelStamps() {
        return kernelStamps(System.getProperty("os.name", ""), Machine.current());
    }

    /**
     * Opens the best transport for this address.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code LISTEN_FAILED} when a port cannot be had
     */
    public static Choice open(IpAddress address, List<Integer> sourcePorts, Ticker ticker) {
        if (kernelStamps()) {
            return new Choice(KernelTransport.open(address, sourcePorts), "", "");
        }
        return new Choice(
                PlainTransport.open(address, sourcePorts, ticker),
                "the kernel's time stamps are read on Linux on x86-64 and aarch64 only; this is "
                        + System.getProperty("os.name", ""),
                "run it on Linux to tell the network's time from the host's");
    }
}
