package dev.mayfly.bench;

import java.util.Formatter;
import java.util.List;
import java.util.Locale;

/** The series as bars from P50 to P99 on a logarithmic axis, as an SVG of a few kilobytes. */
final class Plot {
    private static final int LEFT = 330;
    private static final int WIDTH = 560;
    private static final int ROW = 26;
    private static final int TOP = 56;

    private final List<Series> series;
    private final double least;
    private final double most;

    private Plot(List<Series> series) {
        this.series = series;
        double low = series.stream().mapToDouble(Series::p50).min().orElse(1);
        double high = series.stream().mapToDouble(each -> each.millis(99)).max().orElse(10);
        this.least = Math.pow(10, Math.floor(Math.log10(low)));
        this.most = Math.pow(10, Math.max(Math.ceil(Math.log10(high)), Math.log10(least) + 1));
    }

    static String svg(String title, List<Series> series) {
        return new Plot(series.stream().filter(each -> each.count() > 0).toList()).draw(title);
    }

    private String draw(String title) {
        int height = TOP + ROW * series.size() + 40;
        Formatter svg = new Formatter(Locale.ROOT);
        svg.format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">%n",
                LEFT + WIDTH + 70, height);
        svg.format("<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>%n");
        svg.format("<text x=\"10\" y=\"22\" font-size=\"15\">%s</text>%n", escaped(title));
        svg.format("<text x=\"10\" y=\"40\" fill=\"#666\">bar: P50 to P99 in ms; number: P50</text>%n");
        for (double tick = least; tick <= most * 1.001; tick *= 10) {
            svg.format(
                    "<path d=\"M%1$.1f %2$dV%3$d\" stroke=\"#ddd\"/><text x=\"%1$.1f\" y=\"%4$d\" fill=\"#666\""
                            + " text-anchor=\"middle\">%5$s</text>%n",
                    x(tick), TOP - 6, height - 32, height - 16, Figure.number(tick));
        }
        for (int i = 0; i < series.size(); i++) {
            row(svg, series.get(i), TOP + ROW * i);
        }
        return svg.format("</svg>%n").toString();
    }

    private void row(Formatter svg, Series each, int y) {
        double from = x(each.p50());
        double width = Math.max(3, x(each.millis(99)) - from);
        String colour = each.id().startsWith("mayfly") ? "#1769aa" : "#999";
        svg.format("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>%n", LEFT - 10, y + 15, escaped(each.name()));
        svg.format(
                "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                from, y + 4, width, ROW - 10, colour);
        svg.format("<text x=\"%.1f\" y=\"%d\">%s</text>%n", from + width + 6, y + 15, Figure.number(each.p50()));
    }

    private double x(double millis) {
        double share = Math.log10(Math.max(millis, least) / least) / Math.log10(most / least);
        return LEFT + WIDTH * share;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
