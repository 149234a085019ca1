// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using Xunit;

namespace Denali.Bench.Tests;

/// <summary>The forms of a report that are read by people: markdown, and a picture.</summary>
public sealed class ReportFormTests
{
    private static readonly BenchmarkReport s_report = new(
        "http", "./denali bench http --svg /x/y.svg --markdown --json z --quick", "abc", "a <machine>", "6.1",
        "2026-01-31T12:00:00Z",
        [
            new BenchmarkRow("small & fast", 49_289, "1/s", "nginx", 24_644.5, 2, "at least 1.5", true),
            new BenchmarkRow("small & fast", 49_289, "1/s", "Kestrel", 98_578, 0.5, null, null),
            new BenchmarkRow("alone", 17.25, "us", null, null, null, null, null),
        ]);

    [Fact]
    public void Write_Markdown_IsWhatTheDocumentHas()
    {
        var text = new StringWriter { NewLine = "\n" };

        ReportMarkdown.Write(text, s_report);

        string expected =
            """
            `./denali bench http --quick`: a <machine>, Linux 6.1, 2026-01-31, commit abc.

            | what | value | peer | peer value | ratio | aim | met |
            | --- | --- | --- | --- | --- | --- | --- |
            | small & fast | 49,289 /s | nginx | 24,644 /s | 2 | at least 1.5 | yes |
            | small & fast | 49,289 /s | Kestrel | 98,578 /s | 0.5 | - | - |
            | alone | 17.25 us | - | - | - | - | - |

            """;
        Assert.Equal(expected.ReplaceLineEndings("\n"), text.ToString());
    }

    [Fact]
    public void Draw_Report_HasABarForEachPeerAndEscapesText()
    {
        XElement svg = XElement.Parse(ReportSvg.Draw(s_report));

        string[] texts = [.. Named(svg, "text").Select(text => text.Value)];
        Assert.Contains("small & fast", texts);
        Assert.Contains("beside Kestrel", texts);
        Assert.DoesNotContain("alone", texts);

        // The ground, two bars, and two in the legend.
        Assert.Equal(5, Named(svg, "rect").Count());
    }

    [Fact]
    public void Draw_Bars_LieInsideThePicture()
    {
        BenchmarkRow row = s_report.Results[0];
        BenchmarkReport extreme = s_report with { Results = [row with { Ratio = 1000 }, row with { Ratio = 0 }] };

        XElement svg = XElement.Parse(ReportSvg.Draw(extreme));

        double width = (double)svg.Attribute("width")!;
        double height = (double)svg.Attribute("height")!;
        Assert.All(Named(svg, "rect").Skip(1), bar =>
        {
            Assert.InRange((double)bar.Attribute("x")! + (double)bar.Attribute("width")!, 0, width);
            Assert.InRange((double)bar.Attribute("y")! + (double)bar.Attribute("height")!, 0, height);
        });
    }

    [Theory]
    [InlineData(0.5, 160)]
    [InlineData(1, 240)]
    [InlineData(2, 320)]
    public void PositionOf_Ratio_IsLogarithmic(double ratio, double expected) =>
        Assert.Equal(expected, ReportSvg.PositionOf(ratio), 6);

    private static IEnumerable<XElement> Named(XElement svg, string name) =>
        svg.Descendants().Where(element => string.Equals(element.Name.LocalName, name, StringComparison.Ordinal));
}
