package dev.mayfly.mesh.demo;

/** Is told how a demonstration goes, line by line. */
@FunctionalInterface
public interface DemoVoice {
    void say(String line);
}
