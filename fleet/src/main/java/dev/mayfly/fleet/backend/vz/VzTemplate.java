package dev.mayfly.fleet.backend.vz;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.fleet.image.Template;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * A template of macOS.
 *
 * @param hardwareModel for what its disk was installed, in base64: every machine of it must have the same
 */
record VzTemplate(Template template, String hardwareModel) {
    static final String AUXILIARY = "AuxiliaryStorage";
    private static final String MODEL = "HardwareModel.json";

    VzTemplate {
        Objects.requireNonNull(template, "template");
        Objects.requireNonNull(hardwareModel, "hardwareModel");
    }

    Path auxiliary() {
        return template.folder().resolve(AUXILIARY);
    }

    /** @throws MayflyException {@code TEMPLATE_INVALID} with what is missing */
    static VzTemplate of(Template template) {
        List<String> missing = List.of("Disk.img", AUXILIARY, MODEL).stream()
                .filter(name -> !Files.isRegularFile(template.folder().resolve(name)))
                .toList();
        if (!missing.isEmpty()) {
            throw invalid(template, "it has no " + String.join(" and no ", missing));
        }
        boolean unsealed = List.of(AUXILIARY, MODEL).stream()
                .anyMatch(name -> !template.files().contains(template.folder().resolve(name)));
        if (unsealed) {
            throw invalid(template, "its TemplateMetadata.json says nothing of all of its files");
        }
        Path file = template.folder().resolve(MODEL);
        try {
            if (JsonReader.read(Files.readAllBytes(file)) instanceof JsonObject object
                    && object.get("hardwareModel").orElse(object) instanceof JsonString model
                    && Base64.getDecoder().decode(model.value()).length > 0) {
                return new VzTemplate(template, model.value());
            }
            throw invalid(template, MODEL + " has no hardwareModel");
        } catch (JsonSyntaxException | IllegalArgumentException e) {
            throw invalid(template, MODEL + " cannot be read: " + e.getMessage());
        } catch (IOException e) {
            throw invalid(template, e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    private static MayflyException invalid(Template template, String why) {
        return new MayflyException(
                ErrorCode.TEMPLATE_INVALID,
                "no machine of macOS can be made of " + template.folder(),
                why,
                "import a folder that has Disk.img, AuxiliaryStorage and HardwareModel.json of one installation:"
                        + " mayfly fleet template import FOLDER");
    }
}
