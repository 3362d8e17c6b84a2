package dev.mayfly.fleet.image;

import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.util.Objects;

/**
 * Watches that a template stays what it was when it was read. Every byte is read again when anything about its files looks
 * different; else a look is enough, because it is taken before each machine. Safe for concurrent use.
 */
public final class TemplateGuard {
    private final Template template;
    private Fingerprint seen;

    /** @param template just verified */
    public TemplateGuard(Template template) {
        this.template = Objects.requireNonNull(template, "template");
        this.seen = look();
    }

    /** @throws MayflyException {@code TEMPLATE_INVALID} when it is not any more what it was */
    public synchronized void check() {
        Fingerprint now = look();
        if (!now.equals(seen)) {
            if (!Template.verified(template.folder()).digest().equals(template.digest())) {
                throw Template.invalid(template.folder(), "it is another template now, under the same name");
            }
            seen = now;
        }
    }

    private Fingerprint look() {
        try {
            return Fingerprint.of(template.files());
        } catch (IOException e) {
            throw Template.invalid(template.folder(), e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }
}
