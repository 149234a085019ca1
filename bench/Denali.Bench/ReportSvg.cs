// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Text;

namespace Denali.Bench;

/// <summary>
/// Draws a report's ratios: a group of bars for each thing that was measured, a bar for each of its peers, on a
/// logarithmic scale whose middle is the peer.
/// </summary>
internal static class ReportSvg
{
    private const int LabelWidth = 370;
    private const int ScaleWidth = 480;
    private const int TextWidth = 330;
    private const int HeadHeight = 64;
    private const int BarHeight = 13;
    private const int GroupGap = 7;
    private const int LegendLine = 18;

    // Ratios beyond these ends are drawn as long as the scale is.
    private const double LogMax = 3;

    // Told apart by people who do not see all colours as well (Okabe and Ito's).
    private static readonly string[] s_colours = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];

    /// <summary>Draws the rows that have a peer.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The picture.</returns>
    internal static string Draw(BenchmarkReport report)
    {
        BenchmarkRow[] rows = [.. report.Results.Where(row => row is { Peer: not null, Ratio: not null })];
        string[] peers = [.. rows.Select(row => row.Peer!).Distinct()];
        IGrouping<string, BenchmarkRow>[] groups = [.. rows.GroupBy(row => row.Name)];
        int top = HeadHeight + (peers.Length * LegendLine);
        int height = top + groups.Sum(group => (group.Count() * BarHeight) + GroupGap) + 30;
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{LabelWidth + ScaleWidth + TextWidth}\" ");
        Add(svg, $"height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">\n");
        Add(svg, $"<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        Text(svg, 10, 22, $"{report.Command}: how many times the peer's figure", "font-size=\"15\"");
        Text(svg, 10, 42, $"{report.Machine}, Linux {report.Kernel}, {report.Date[..10]}, commit {report.Commit}");
        for (int i = 0; i < peers.Length; i++)
        {
            int y = HeadHeight + (i * LegendLine);
            Bar(svg, 10, y - 9, 20, i, 1);
            Text(svg, 38, y + 1, $"beside {peers[i]}");
        }

        Scale(svg, top, height - 25);
        DrawGroups(svg, groups, peers, top);
        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>Where a ratio lies on the scale, from its left end.</summary>
    internal static double PositionOf(double ratio)
    {
        double log = ratio > 0 ? Math.Clamp(Math.Log2(ratio), -LogMax, LogMax) : -LogMax;
        return (log + LogMax) * ScaleWidth / (2 * LogMax);
    }

    private static void DrawGroups(
        StringBuilder svg, IEnumerable<IGrouping<string, BenchmarkRow>> groups, string[] peers, int top)
    {
        double middle = PositionOf(1);
        int y = top;
        foreach (IGrouping<string, BenchmarkRow> group in groups)
        {
            bool isRate = group.First().Unit.EndsWith("/s", StringComparison.Ordinal);
            Text(svg, 10, y + 10, isRate ? group.Key : group.Key + " (less is better)");
            foreach (BenchmarkRow row in group)
            {
                double end = PositionOf(row.Ratio!.Value);
                double left = LabelWidth + Math.Min(middle, end);
                int colour = Array.IndexOf(peers, row.Peer);
                Bar(svg, left, y + 1, Math.Abs(end - middle), colour, row.Met is null ? 0.5 : 1);
                string met = row.Met switch { true => ", aim met", false => ", aim missed", null => "" };
                Text(
                    svg,
                    LabelWidth + ScaleWidth + 12,
                    y + 10,
                    $"{ReportTable.Text(row.Ratio)} x: {ReportMarkdown.WithUnit(row.Value, row.Unit)} beside "
                    + $"{ReportMarkdown.WithUnit(row.PeerValue, row.Unit)}{met}");
                y += BarHeight;
            }

            y += GroupGap;
        }
    }

    private static void Scale(StringBuilder svg, int top, int bottom)
    {
        foreach (double ratio in (double[])[0.125, 0.25, 0.5, 1, 1.5, 2, 4, 8])
        {
            double x = LabelWidth + PositionOf(ratio);
            string colour = ratio == 1 ? "black" : "#cccccc";
            Add(svg, $"<line x1=\"{x:F1}\" y1=\"{top - 6}\" x2=\"{x:F1}\" y2=\"{bottom}\" stroke=\"{colour}\"/>\n");
            Text(svg, x, bottom + 16, ratio.ToString(CultureInfo.InvariantCulture), "text-anchor=\"middle\"");
        }
    }

    private static void Bar(StringBuilder svg, double x, double y, double width, int colour, double opacity)
    {
        string fill = s_colours[colour % s_colours.Length];
        Add(svg, $"<rect x=\"{x:F1}\" y=\"{y:F1}\" width=\"{width:F1}\" height=\"{BarHeight - 2}\" ");
        Add(svg, $"fill=\"{fill}\" opacity=\"{opacity}\"/>\n");
    }

    private static void Text(StringBuilder svg, double x, double y, string text, string attributes = "") =>
        Add(svg, $"<text x=\"{x:F1}\" y=\"{y:F1}\" {attributes}>{WebUtility.HtmlEncode(text)}</text>\n");

    private static void Add(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
