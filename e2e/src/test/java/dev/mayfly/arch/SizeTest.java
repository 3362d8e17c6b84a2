package dev.mayfly.arch;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** Files and methods stay small enough to be read in one go. */
class SizeTest {
    private static final Path REPOSITORY = Path.of(System.getProperty("mayfly.repository"));
    private static final int MOST_LINES_OF_A_FILE = 600;
    private static final int MOST_LINES_OF_A_METHOD = 70;

    private static List<Path> sources(String below) throws IOException {
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> rooms = Files.list(REPOSITORY)) {
            for (Path java : rooms.map(room -> room.resolve(below))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(java)) {
                    files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
                }
            }
        }
        assertThat(sources).hasSizeGreaterThan(50);
        return sources;
    }

    @Test
    void no_file_is_longer_than_600_lines() throws IOException {
        for (Path source : sources("src")) {
            assertThat(Files.readAllLines(source)).as("%s", source).hasSizeLessThanOrEqualTo(MOST_LINES_OF_A_FILE);
        }
    }

    /** Tables of test cases may be longer. */
    @Test
    void no_method_is_longer_than_70_lines() throws IOException {
        List<String> tooLong = new ArrayList<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(_ -> {}, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null,
                    files,
                    _ -> {},
                    List.of("-proc:none"),
                    null,
                    files.getJavaFileObjectsFromPaths(sources("src/main")));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                new TreeScanner<Void, Void>() {
                    @Override
                    public Void visitMethod(MethodTree method, Void nothing) {
                        long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, method));
                        long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, method));
                        if (last - first + 1 > MOST_LINES_OF_A_METHOD) {
                            tooLong.add(REPOSITORY.relativize(
                                            Path.of(unit.getSourceFile().getName())) + " " + method.getName() + ": "
                                    + (last - first + 1) + " lines");
                        }
                        return super.visitMethod(method, nothing);
                    }
                }.scan(unit, null);
            }
        }
        assertThat(tooLong).isEmpty();
    }
}
