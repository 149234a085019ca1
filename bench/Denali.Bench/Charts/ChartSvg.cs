// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;

namespace Denali.Bench.Charts;

/// <summary>Draws charts below each other, in colours that can be told apart on white and on black.</summary>
internal static class ChartSvg
{
    private const int Width = 980;
    private const int HeadHeight = 52;
    private const int TitleHeight = 34;
    private const int PlotLeft = 90;
    private const int PlotWidth = 520;
    private const int PlotHeight = 300;
    private const int FootHeight = 56;
    private const int LegendLeft = PlotLeft + PlotWidth + 24;
    private const int LegendLine = 20;
    private const double Mark = 3.5;

    // Okabe and Ito's, which people who do not see all colours tell apart too, without yellow and black.
    private static readonly string[] s_colours =
        ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c8c8c"];

    private static readonly string[] s_dashes = ["", "6 4", "2 3"];

    /// <summary>Draws a report's charts.</summary>
    /// <param name="report">What they are of.</param>
    /// <param name="charts">The charts.</param>
    /// <returns>The picture.</returns>
    internal static string Draw(BenchmarkReport report, IReadOnlyList<LineChart> charts)
    {
        int height = HeadHeight + charts.Sum(HeightOf);
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{height}\" ");
        Add(svg, $"viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n");
        svg.Append(
            """
            <style>
            .ground { fill: #ffffff } text { fill: #222222 } .grid { stroke: #dddddd } .frame { stroke: #888888 }
            @media (prefers-color-scheme: dark) {
            .ground { fill: #16181d } text { fill: #e6e6e6 } .grid { stroke: #383c45 } .frame { stroke: #8a8f99 }
            }
            </style>
            <rect class="ground" width="100%" height="100%"/>

            """.ReplaceLineEndings("\n"));
        Text(svg, 12, 22, ReportMarkdown.PlainCommand(report.Command), "font-size=\"15\"");
        Text(svg, 12, 41, $"{report.Machine}, Linux {report.Kernel}, {report.Date[..10]}, commit {report.Commit}");
        int top = HeadHeight;
        foreach (LineChart chart in charts)
        {
            DrawChart(svg, chart, top);
            top += HeightOf(chart);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static int HeightOf(LineChart chart) =>
        TitleHeight + Math.Max(PlotHeight, chart.Series.Count * LegendLine) + FootHeight;

    private static void DrawChart(StringBuilder svg, LineChart chart, int top)
    {
        int plotTop = top + TitleHeight;
        int bottom = plotTop + PlotHeight;
        (double X, double Y)[] points = [.. chart.Series.SelectMany(PointsOf)];
        var x = new LogScale(points.Select(point => point.X), PlotLeft, PlotLeft + PlotWidth, isWhole: false);
        var y = new LogScale(points.Select(point => point.Y), bottom, plotTop, isWhole: true);
        Text(svg, 12, top + 20, chart.Title, "font-size=\"14\" font-weight=\"bold\"");
        foreach (double tick in x.Ticks)
        {
            double at = x.At(tick);
            Line(svg, at, plotTop, at, bottom, "grid");
            Text(svg, at, bottom + 18, Number(tick), "text-anchor=\"middle\"");
        }

        foreach (double tick in y.Ticks)
        {
            double at = y.At(tick);
            Line(svg, PlotLeft, at, PlotLeft + PlotWidth, at, "grid");
            Text(svg, PlotLeft - 8, at + 4, Number(tick), "text-anchor=\"end\"");
        }

        Line(svg, PlotLeft, plotTop, PlotLeft, bottom, "frame");
        Line(svg, PlotLeft, bottom, PlotLeft + PlotWidth, bottom, "frame");
        Text(svg, PlotLeft + (PlotWidth / 2), bottom + 40, chart.XLabel, "text-anchor=\"middle\"");
        int middle = plotTop + (PlotHeight / 2);
        Text(svg, 22, middle, chart.YLabel, $"text-anchor=\"middle\" transform=\"rotate(-90 22 {middle})\"");
        for (int i = 0; i < chart.Series.Count; i++)
        {
            DrawSeries(svg, chart.Series[i], x, y, plotTop + 8 + (i * LegendLine));
        }
    }

    private static void DrawSeries(StringBuilder svg, ChartSeries series, LogScale x, LogScale y, int legendY)
    {
        string colour = s_colours[series.Colour % s_colours.Length];
        string dash = s_dashes[series.Dash % s_dashes.Length];
        string stroke = $"stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\" fill=\"none\"";
        (double X, double Y)[] places = [.. PointsOf(series).Select(point => (x.At(point.X), y.At(point.Y)))];
        string path = string.Join(' ', places.Select(place =>
            string.Create(CultureInfo.InvariantCulture, $"{place.X:F1},{place.Y:F1}")));
        svg.Append("<polyline points=\"").Append(path).Append("\" ").Append(stroke).Append("/>\n");
        foreach ((double placeX, double placeY) in places)
        {
            Add(svg, $"<circle cx=\"{placeX:F1}\" cy=\"{placeY:F1}\" r=\"{Mark}\" fill=\"{colour}\"/>\n");
        }

        Add(svg, $"<line x1=\"{LegendLeft}\" y1=\"{legendY}\" x2=\"{LegendLeft + 26}\" y2=\"{legendY}\" ");
        svg.Append(stroke).Append("/>\n");
        Text(svg, LegendLeft + 34, legendY + 4, series.Name);
    }

    private static IEnumerable<(double X, double Y)> PointsOf(ChartSeries series) =>
        series.Points.Where(point => LogScale.Has(point.X) && LogScale.Has(point.Y));

    private static string Number(double value) => value switch
    {
        >= 1e6 => FormattableString.Invariant($"{value / 1e6:0.###} M"),
        >= 1e3 => FormattableString.Invariant($"{value / 1e3:0.###} k"),
        _ => FormattableString.Invariant($"{value:0.###}"),
    };

    private static void Line(StringBuilder svg, double x1, double y1, double x2, double y2, string kind) =>
        Add(svg, $"<line x1=\"{x1:F1}\" y1=\"{y1:F1}\" x2=\"{x2:F1}\" y2=\"{y2:F1}\" class=\"{kind}\"/>\n");

    private static void Text(StringBuilder svg, double x, double y, string text, string attributes = "") =>
        Add(svg, $"<text x=\"{x:F1}\" y=\"{y:F1}\" {attributes}>{WebUtility.HtmlEncode(text)}</text>\n");

    private static void Add(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
