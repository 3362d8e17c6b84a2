package dev.mayfly.arch;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
    private static final Path REPOSITORY = Path.of(System.getProperty("mayfly.repository"));

    /** Types whose values never change, so that a constant of them is no state. */
    private static final Set<String> LISTS_AND_MAPS =
            Set.of("java.util.List", "java.util.Map", "java.util.Set", "java.util.SortedMap");

    private JavaClasses house;

    @BeforeAll
    void readAllRooms() {
        List<Path> classFolders = rooms().stream()
                // Nobody writes what is generated there.
                .filter(room -> !room.endsWith("proto"))
                .map(room -> room.resolve("target/classes/dev/mayfly"))
                .filter(Files::isDirectory)
                .toList();
        house = new ClassFileImporter().importPaths(classFolders);
        assertThat(classFolders).hasSizeGreaterThanOrEqualTo(8);
        assertThat(house.size()).isGreaterThan(50);
    }

    private static List<Path> rooms() {
        try (Stream<Path> folders = Files.list(REPOSITORY)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void arrows_between_rooms_go_down_only() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("dev.mayfly..")
                .layer("base")
                .definedBy("dev.mayfly.base..")
                .layer("testkit")
                .definedBy("dev.mayfly.testkit..")
                .layer("platform")
                .definedBy("dev.mayfly.platform..")
                .layer("store")
                .definedBy("dev.mayfly.store..")
                .layer("proto")
                .definedBy("dev.mayfly.proto..")
                .layer("rpc")
                .definedBy("dev.mayfly.rpc..")
                .layer("sandbox")
                .definedBy("dev.mayfly.sandbox..")
                .layer("queue")
                .definedBy("dev.mayfly.queue..")
                .layer("env")
                .definedBy("dev.mayfly.env..")
                .layer("mesh")
                .definedBy("dev.mayfly.mesh..")
                .layer("fleet")
                .definedBy("dev.mayfly.fleet..")
                .layer("app")
                .definedBy("dev.mayfly.app..")
                .layer("cli")
                .definedBy("dev.mayfly.cli..")
                .layer("bench")
                .definedBy("dev.mayfly.bench..")
                .whereLayer("base")
                .mayNotAccessAnyLayer()
                .whereLayer("testkit")
                .mayOnlyAccessLayers("base")
                .whereLayer("platform")
                .mayOnlyAccessLayers("base")
                .whereLayer("store")
                .mayOnlyAccessLayers("base")
                .whereLayer("rpc")
                .mayOnlyAccessLayers("base")
                .whereLayer("sandbox")
                .mayOnlyAccessLayers("base", "platform", "store")
                .whereLayer("queue")
                .mayOnlyAccessLayers("base", "store")
                .whereLayer("env")
                .mayOnlyAccessLayers("base", "platform", "proto", "rpc")
                .whereLayer("mesh")
                .mayOnlyAccessLayers("base", "platform", "store", "proto", "rpc")
                .whereLayer("fleet")
                .mayOnlyAccessLayers("base", "platform", "store", "proto", "rpc")
                .whereLayer("app")
                .mayOnlyAccessLayers("base", "platform", "store", "sandbox", "queue", "env", "fleet", "mesh", "rpc")
                .whereLayer("cli")
                .mayOnlyAccessLayers("base")
                .whereLayer("bench")
                .mayOnlyAccessLayers(
                        "base", "platform", "store", "sandbox", "queue", "env", "fleet", "mesh", "rpc", "app")
                .ensureAllClassesAreContainedInArchitecture()
                .withOptionalLayers(true)
                .check(house);
    }

    @Test
    void packages_form_no_cycles() {
        slices().matching("dev.mayfly.(**)").should().beFreeOfCycles().check(house);
    }

    @Test
    void foreign_functions_and_memory_are_touched_in_platform_and_by_bindings_of_one_room() {
        noClasses()
                .that(not(
                        resideInAnyPackage("dev.mayfly.platform..", "dev.mayfly.env.fuse..", "dev.mayfly.mesh.soft..")))
                .should()
                .dependOnClassesThat(resideInAPackage("java.lang.foreign.."))
                .check(house);
    }

    @Test
    void jdbc_is_touched_in_the_sqlite_adapter_only() {
        noClasses()
                .that(not(resideInAPackage("dev.mayfly.store.sqlite..")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("java.sql..", "javax.sql..", "org.sqlite.."))
                .check(house);
    }

    @Test
    void each_library_is_known_to_the_room_that_hides_it() {
        onlyIn("com.dylibso.chicory..", "dev.mayfly.sandbox.wasm..");
        onlyIn("org.snakeyaml..", "dev.mayfly.sandbox.policy..", "dev.mayfly.env.spec..", "dev.mayfly.app..");
        onlyIn("org.apache.commons.compress..", "dev.mayfly.env.repo.tar..");
        String[] remote = {
            "dev.mayfly.env.repo.remote..",
            "dev.mayfly.env.server..",
            "dev.mayfly.env.service..",
            "dev.mayfly.env.wire..",
            "dev.mayfly.fleet.edge..",
            "dev.mayfly.fleet.plugin..",
            "dev.mayfly.fleet.remote..",
            "dev.mayfly.fleet.wire..",
            "dev.mayfly.mesh.otlp..",
            "dev.mayfly.mesh.rpc..",
            "dev.mayfly.rpc.."
        };
        onlyIn("io.grpc..", remote);
        onlyIn("com.google.protobuf..", remote);
        onlyIn("dev.mayfly.proto..", remote);
        onlyIn("org.apache.sshd..", "dev.mayfly.fleet.ssh..");
        onlyIn("com.github.luben.zstd..", "dev.mayfly.env.wire..");
        onlyIn("software.amazon..", "dev.mayfly.env.repo.s3..");
        onlyIn("com.google.flatbuffers..", "dev.mayfly.env.codec..");
        onlyIn("org.cryptomator..", "dev.mayfly.env.fuse.jfuse..");
        onlyIn("io.nats..", "dev.mayfly.queue.nats..", "dev.mayfly.bench.nats..");
        onlyIn("picocli..", "dev.mayfly.cli..");
        onlyIn("org.HdrHistogram..", "dev.mayfly.bench..");
        onlyIn("io.prometheus..", "dev.mayfly.app.metrics..");
        onlyIn("com.sun.net.httpserver..", "dev.mayfly.app.metrics..", "dev.mayfly.app.fleet..");
    }

    @Test
    void the_ground_floor_stands_on_the_jdk_alone() {
        standsOn("dev.mayfly.base..", "dev.mayfly.base..");
        standsOn("dev.mayfly.platform..", "dev.mayfly.platform..", "dev.mayfly.base..");
        standsOn("dev.mayfly.cli..", "dev.mayfly.cli..", "dev.mayfly.base..", "picocli..");
    }

    private void standsOn(String room, String... others) {
        classes()
                .that(resideInAPackage(room))
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(others).or(resideInAnyPackage("java..", "javax..", "org.jspecify..")))
                .check(house);
    }

    private void onlyIn(String library, String... packages) {
        noClasses()
                .that(not(resideInAnyPackage(packages)))
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .check(house);
    }

    @Test
    void only_the_client_prints_and_exits() {
        noClasses()
                .that(not(resideInAPackage("dev.mayfly.cli..")))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(house);
    }

    @Test
    void nothing_is_kept_in_thread_locals() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocal.class)
                .check(house);
    }

    @Test
    void there_is_no_static_mutable_state() {
        fields().that()
                .areStatic()
                .and(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "are written by us", field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)))
                .should()
                .beFinal()
                .andShould(haveNoMutableType())
                .check(house);
    }

    private static ArchCondition<JavaField> haveNoMutableType() {
        return new ArchCondition<>("have a type whose values do not change") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                JavaClass type = field.getRawType();
                boolean collection =
                        type.isAssignableTo(java.util.Collection.class) || type.isAssignableTo(java.util.Map.class);
                boolean mutable = collection && !LISTS_AND_MAPS.contains(type.getName())
                        || type.getName().startsWith("java.util.concurrent.atomic.")
                        || type.isAssignableTo(StringBuilder.class);
                if (mutable) {
                    events.add(SimpleConditionEvent.violated(field, field.getFullName() + " is a " + type.getName()));
                }
            }
        };
    }

    @Test
    void every_package_says_what_it_is_for_and_is_null_marked() {
        Set<String> packages = house.stream().map(JavaClass::getPackageName).collect(Collectors.toSet());
        for (String name : packages) {
            assertThat(house.contain(name + ".package-info"))
                    .as("%s has a package-info.java", name)
                    .isTrue();
            assertThat(house.get(name + ".package-info").isAnnotatedWith("org.jspecify.annotations.NullMarked"))
                    .as("%s is null-marked", name)
                    .isTrue();
        }
    }

    @Test
    void classes_are_named_for_what_they_are() {
        classes()
                .should()
                .haveSimpleNameNotEndingWith("Manager")
                .andShould()
                .haveSimpleNameNotEndingWith("Util")
                .andShould()
                .haveSimpleNameNotEndingWith("Utils")
                .andShould()
                .haveSimpleNameNotEndingWith("Helper")
                .andShould()
                .haveSimpleNameNotEndingWith("Impl")
                .check(house);
    }
}
