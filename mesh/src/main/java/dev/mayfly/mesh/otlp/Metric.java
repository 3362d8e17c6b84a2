package dev.mayfly.mesh.otlp;

import java.util.List;
import java.util.Map;

/**
 * A metric as it stands at one moment.
 *
 * @param name as the collector is to know it
 */
public record Metric(String name, String help, Kind kind, List<Point> points) {
    public Metric {
        points = List.copyOf(points);
    }

    /** What its values mean. */
    public enum Kind {
        GAUGE,
        /** Counts up from the start on. */
        COUNTER,
        /** Counts how many were of which size from the start on. */
        HISTOGRAM
    }

    /** One series of a metric. */
    public sealed interface Point {
        Map<String, String> labels();
    }

    /** Of a gauge or a counter. */
    public record Value(Map<String, String> labels, double value) implements Point {
        public Value {
            labels = Map.copyOf(labels);
        }
    }

    /**
     * Of a histogram.
     *
     * @param bounds upper ones, rising
     * @param counts up to each bound and above the one before; and one more for what is above the last
     */
    public record Spread(Map<String, String> labels, List<Double> bounds, List<Long> counts, double sum)
            implements Point {
        public Spread {
            labels = Map.copyOf(labels);
            bounds = List.copyOf(bounds);
            counts = List.copyOf(counts);
            if (counts.size() != bounds.size() + 1) {
                throw new IllegalArgumentException(bounds.size() + " bounds and " + counts.size() + " counts");
            }
        }
    }
}
