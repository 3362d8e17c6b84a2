package dev.mayfly.fleet.host;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.qemu.Templates;
import dev.mayfly.fleet.backend.slot.SlotBackend;
import dev.mayfly.fleet.backend.slot.Slots;

class SlotFarmTest extends RealFarmContract {
    @Override
    Backend open() throws Exception {
        Slots.need();
        return new SlotBackend(Slots.settings(Templates.debian(), folder, MEMORY), Ticker.system(), Log.off());
    }
}
