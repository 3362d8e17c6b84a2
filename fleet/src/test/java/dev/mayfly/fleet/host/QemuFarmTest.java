package dev.mayfly.fleet.host;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.qemu.QemuBackend;
import dev.mayfly.fleet.backend.qemu.QemuSettings;
import dev.mayfly.fleet.backend.qemu.Templates;
import dev.mayfly.testkit.Needs;
import java.nio.file.Path;

class QemuFarmTest extends RealFarmContract {
    @Override
    Backend open() throws Exception {
        Needs.linux();
        Path program = Needs.command("qemu-system-x86_64");
        QemuSettings settings =
                new QemuSettings(program, Templates.debian(), folder.resolve("r"), folder.resolve("w"), MEMORY);
        return new QemuBackend(settings, Ticker.system(), Log.off());
    }
}
