package dev.mayfly.mesh.verbs;

import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerbsLayoutTest {
    @Test
    void places_are_those_of_the_header_of_rdma_core() throws Exception {
        String cc = Needs.command("cc").toString();
        Needs.that(
                Files.exists(Path.of("/usr/include/infiniband/verbs.h")),
                "infiniband/verbs.h",
                "not installed (apt-get install libibverbs-dev)");
        Map<String, Integer> places = new LinkedHashMap<>();
        places.put("QP_CONTEXT", VerbsLayout.QP_CONTEXT);
        places.put("QP_NUMBER", VerbsLayout.QP_NUMBER);
        places.put("QP_TYPE", VerbsLayout.QP_TYPE);
        places.put("CONTEXT_DEVICE", VerbsLayout.CONTEXT_DEVICE);
        places.put("DEVICE_NAME", VerbsLayout.DEVICE_NAME);
        places.put("DEVICE_NAME_BYTES", VerbsLayout.DEVICE_NAME_BYTES);
        places.put("ATTR_STATE", VerbsLayout.ATTR_STATE);
        places.put("ATTR_REMOTE_QP", VerbsLayout.ATTR_REMOTE_QP);
        places.put("ATTR_REMOTE_GID", VerbsLayout.ATTR_REMOTE_GID);
        places.put("ATTR_ROUTE", VerbsLayout.ATTR_ROUTE);
        places.put("ATTR_PORT", VerbsLayout.ATTR_PORT);
        List<String> command = new ArrayList<>(List.of(cc, "-fsyntax-only"));
        places.forEach((name, place) -> command.add("-D" + name + "=" + place));
        command.add(TestService.sources() + "/layout.c");
        TestService.compile(command);
    }
}
