package dev.mayfly.fleet.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import dev.mayfly.proto.fleet.agent.AgentProto;
import dev.mayfly.proto.fleet.plugin.MyshoesProto;
import dev.mayfly.proto.fleet.shoes.ShoesProto;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is on the wire is a promise to programs that we do not build. */
class FieldNumbersTest {
    /** Each line is what some program in the field was compiled with. Lines may be added, never changed or removed. */
    private static final List<String> PROMISED = lines("promised-fields.txt");

    private static final int OURS_FROM = 100;

    @Test
    void what_was_promised_is_still_there() {
        assertThat(fields()).containsAll(PROMISED);
        assertThat(PROMISED).hasSizeGreaterThan(80);
    }

    @Test
    void fields_that_we_add_to_their_messages_keep_clear_of_theirs() {
        Set<String> theirs = PROMISED.stream()
                .map(line -> line.substring(0, line.indexOf(' ')))
                .collect(Collectors.toSet());
        List<String> intruders = fields().stream()
                .filter(line -> !PROMISED.contains(line))
                .filter(line -> theirs.contains(line.substring(0, line.indexOf(' '))))
                .filter(line -> Integer.parseInt(line.replaceAll(".*=(\\d+).*", "$1")) < OURS_FROM)
                .toList();
        assertThat(intruders).isEmpty();
    }

    @Test
    void the_plugin_protocol_is_theirs_alone() {
        assertThat(fields().stream().filter(line -> line.startsWith("whywaita.")))
                .containsExactlyInAnyOrderElementsOf(PROMISED.stream()
                        .filter(line -> line.startsWith("whywaita."))
                        .toList());
    }

    /** One line for each field, value and method: {@code full.name.of.Message field=1 string}. */
    private static Set<String> fields() {
        Set<String> lines = new TreeSet<>();
        for (FileDescriptor file :
                List.of(ShoesProto.getDescriptor(), AgentProto.getDescriptor(), MyshoesProto.getDescriptor())) {
            for (Descriptor message : file.getMessageTypes()) {
                for (FieldDescriptor field : message.getFields()) {
                    lines.add(message.getFullName() + " " + field.getName() + "=" + field.getNumber() + " "
                            + (field.isRepeated() ? "repeated " : "") + type(field));
                }
            }
            for (EnumDescriptor each : file.getEnumTypes()) {
                each.getValues()
                        .forEach(value ->
                                lines.add(each.getFullName() + " " + value.getName() + "=" + value.getNumber()));
            }
            for (ServiceDescriptor service : file.getServices()) {
                for (MethodDescriptor method : service.getMethods()) {
                    lines.add(service.getFullName() + "/" + method.getName() + " "
                            + (method.isClientStreaming() ? "stream " : "")
                            + method.getInputType().getName() + " -> "
                            + (method.isServerStreaming() ? "stream " : "")
                            + method.getOutputType().getName());
                }
            }
        }
        return lines;
    }

    private static String type(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> field.getMessageType().getFullName();
            case ENUM -> field.getEnumType().getFullName();
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
                field.getType().name().toLowerCase(Locale.ROOT);
        };
    }

    private static List<String> lines(String resource) {
        try (InputStream in = FieldNumbersTest.class.getResourceAsStream(resource)) {
            return new ArrayList<>(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .toList());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
