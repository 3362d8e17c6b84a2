package dev.mayfly.fleet.backend.slot;

import dev.mayfly.fleet.backend.machine.Guests;
import dev.mayfly.fleet.image.TemplateGuard;

/** What all slots of one back end are made with. */
record SlotShop(SlotSettings settings, TemplateGuard template, Blanks blanks, Claims claims, Guests guests) {
    SlotGroup group(int number) {
        return new SlotGroup(settings.places(), number);
    }
}
