package dev.mayfly.sandbox.grade;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits the text of a shell command into simple commands and their words: quotes and backslashes are taken off,
 * comments left out, substitutions and groups become commands of their own. Nothing is expanded. Linear in the text.
 */
final class ShellWords {
    private final String text;
    private final List<List<String>> commands = new ArrayList<>();
    private List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;

    private ShellWords(String text) {
        this.text = text;
    }

    static List<List<String>> split(String text) {
        ShellWords splitter = new ShellWords(text);
        splitter.run();
        return splitter.commands;
    }

    private void run() {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            switch (c) {
                case '\'' -> at = singleQuoted(at + 1);
                case '"' -> at = doubleQuoted(at + 1);
                case '\\' -> {
                    at++;
                    if (at < text.length() && text.charAt(at) != '\n') {
                        append(text.charAt(at));
                    }
                }
                case '#' -> {
                    if (inWord) {
                        append(c);
                    } else {
                        int end = text.indexOf('\n', at);
                        at = end < 0 ? text.length() : end - 1;
                    }
                }
                case ' ', '\t', '\r' -> endWord();
                case '\n', ';', '|', '&', '(', ')', '`', '{', '}' -> {
                    // A brace inside a word, as in ${HOME}, is part of the word.
                    if ((c == '{' || c == '}') && inWord) {
                        append(c);
                    } else {
                        endCommand();
                    }
                }
                case '<', '>' -> endWord();
                default -> append(c);
            }
            at++;
        }
        endCommand();
    }

    private int singleQuoted(int from) {
        inWord = true;
        int end = text.indexOf('\'', from);
        int to = end < 0 ? text.length() : end;
        word.append(text, from, to);
        return to;
    }

    /** Within double quotes a substitution still runs: its text becomes commands of their own as well. */
    private int doubleQuoted(int from) {
        inWord = true;
        int at = from;
        while (at < text.length() && text.charAt(at) != '"') {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length()) {
                at++;
                c = text.charAt(at);
            }
            word.append(c);
            at++;
        }
        String quoted = text.substring(from, Math.min(at, text.length()));
        int substitution = Math.max(quoted.indexOf("$("), quoted.indexOf('`'));
        if (substitution >= 0) {
            commands.addAll(split(quoted.substring(substitution + 1).replace('"', ' ')));
        }
        return at;
    }

    private void append(char c) {
        inWord = true;
        word.append(c);
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }

    private void endCommand() {
        endWord();
        if (!words.isEmpty()) {
            commands.add(words);
            words = new ArrayList<>();
        }
    }
}
