// SPDX-License-Identifier: MIT
using System.Linq;
using System.Xml.Linq;
using Denali.Bench.Charts;
using Xunit;

namespace Denali.Bench.Tests;

/// <summary>Charts have what they say they have, inside of the picture.</summary>
public sealed class ChartTests
{
    private static readonly BenchmarkReport s_report = new(
        "zipf", "./denali bench zipf", "abc", "a <machine>", "6.1", "2026-01-31T12:00:00Z", []);

    [Fact]
    public void Draw_Chart_HasItsLinesLabelsAndLegendInsideThePicture()
    {
        var chart = new LineChart("a & b", "pages", "us", [
            new ChartSeries("one", [(10, 5), (100, 50), (1_000, 4_000)], 0),
            new ChartSeries("two", [(10, 0), (100, double.NaN), (1_000, 7)], 1, 1),
        ]);

        XElement svg = XElement.Parse(ChartSvg.Draw(s_report, [chart, chart]));

        string[] texts = [.. Named(svg, "text").Select(text => text.Value)];
        Assert.All(
            (string[])["a & b", "pages", "us", "one", "two", "10", "100", "1 k"], text => Assert.Contains(text, texts));
        Assert.Equal(4, Named(svg, "polyline").Length);

        // What a logarithmic scale does not have is left out.
        Assert.Equal(2 * 4, Named(svg, "circle").Length);
        Assert.All(Named(svg, "circle"), circle =>
        {
            Assert.InRange((double)circle.Attribute("cx")!, 0, (double)svg.Attribute("width")!);
            Assert.InRange((double)circle.Attribute("cy")!, 0, (double)svg.Attribute("height")!);
        });
    }

    [Fact]
    public void Draw_NothingToDraw_IsAPictureStill()
    {
        var chart = new LineChart("empty", "x", "y", [new ChartSeries("none", [], 0)]);

        Assert.Single(Named(XElement.Parse(ChartSvg.Draw(s_report, [chart])), "polyline"));
    }

    [Theory]
    [InlineData(10, 100)]
    [InlineData(100, 200)]
    [InlineData(1_000, 300)]
    public void At_Value_IsLogarithmic(double value, double expected) =>
        Assert.Equal(expected, new LogScale([10, 1_000], 100, 300, isWhole: true).At(value), 6);

    private static XElement[] Named(XElement svg, string name) =>
        [.. svg.Descendants().Where(element => element.Name.LocalName == name)];
}
