package dev.mayfly.fleet.backend.vz;

import dev.mayfly.fleet.backend.machine.Guests;
import dev.mayfly.fleet.guest.http.AnnounceDesk;
import dev.mayfly.fleet.image.TemplateGuard;

/** What all machines of one back end are made with. */
record VzShop(VzSettings settings, VzTemplate template, TemplateGuard guard, AnnounceDesk desk, Guests guests) {}
