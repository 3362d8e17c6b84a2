package dev.mayfly.platform.probe;

import java.util.List;

/** Findings as text: one line for each, its fix on the line below; columns as wide as their longest word. */
public final class CapabilityTable {
    private CapabilityTable() {}

    public static String of(List<Capability> rows) {
        int nameWidth =
                rows.stream().mapToInt(each -> each.name().length()).max().orElse(0);
        int stateWidth = CapabilityState.UNAVAILABLE.word().length();
        StringBuilder text = new StringBuilder();
        for (Capability each : rows) {
            text.append(padded(each.name(), nameWidth))
                    .append("  ")
                    .append(padded(each.state().word(), stateWidth))
                    .append("  ")
                    .append(each.evidence())
                    .append('\n');
            if (!each.fix().isEmpty()) {
                text.append(" ".repeat(nameWidth + stateWidth + 4))
                        .append("fix: ")
                        .append(each.fix())
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(width - text.length());
    }
}
