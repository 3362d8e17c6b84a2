package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.backend.machine.Guests;
import dev.mayfly.fleet.image.TemplateGuard;
import java.security.SecureRandom;

/** What all machines of one back end are made with. */
record Workshop(
        QemuSettings settings,
        Accelerator accelerator,
        TemplateGuard template,
        WarmStates warm,
        Hypervisor hypervisor,
        Guests guests,
        Log log) {
    SecureRandom random() {
        return guests.random();
    }

    Ticker ticker() {
        return guests.ticker();
    }
}
