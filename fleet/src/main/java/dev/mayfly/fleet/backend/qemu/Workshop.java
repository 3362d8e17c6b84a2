package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.image.TemplateGuard;
import dev.mayfly.fleet.ssh.SshDoor;
import java.security.SecureRandom;
import java.time.Clock;

/** What all machines of one back end are made with. */
record Workshop(
        QemuSettings settings,
        Accelerator accelerator,
        TemplateGuard template,
        WarmStates warm,
        Hypervisor hypervisor,
        SshDoor door,
        SecureRandom random,
        Clock clock,
        Ticker ticker,
        Log log) {}
