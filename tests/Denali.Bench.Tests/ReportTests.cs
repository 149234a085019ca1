// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text.Json;
using Xunit;

namespace Denali.Bench.Tests;

/// <summary>The shape of a report and its arithmetic, without running anything.</summary>
public sealed class ReportTests
{
    private static readonly BenchmarkReport s_report = new(
        "exit", "./denali bench exit", "abc", "a machine", "6.1", "2026-01-31T12:00:00Z",
        [
            new BenchmarkRow("with a peer", 2.5, "us", "raw", 2, 1.25, "at most 1.1", false),
            new BenchmarkRow("alone", 0, "bytes", null, null, null, null, null),
        ]);

    [Fact]
    public void Serialize_Report_KeepsTheContract() => Assert.Empty(ReportSchema.Check(Json(s_report)));

    [Theory]
    [InlineData("\"met\": false", "\"met\": \"no\"")]
    [InlineData("\"unit\": \"us\"", "\"unit\": null")]
    [InlineData("\"value\": 2.5", "\"value\": \"2.5\"")]
    [InlineData("\"ratio\": 1.25", "\"ratio\": null")]
    [InlineData("\"aim\": \"at most 1.1\"", "\"aim\": null")]
    [InlineData("\"peerValue\"", "\"peer_value\"")]
    [InlineData("\"date\": \"2026-01-31T12:00:00Z\"", "\"date\": \"yesterday\"")]
    [InlineData("\"commit\": \"abc\"", "\"commit\": \"\"")]
    public void Check_BrokenReport_IsFound(string right, string wrong)
    {
        string json = Json(s_report);
        Assert.Contains(right, json, StringComparison.Ordinal);

        Assert.NotEmpty(ReportSchema.Check(json.Replace(right, wrong, StringComparison.Ordinal)));
    }

    [Fact]
    public void Check_NoResults_IsFound() => Assert.NotEmpty(ReportSchema.Check(Json(s_report with { Results = [] })));

    [Fact]
    public void Write_Table_ShowsMissedAimsAndGaps()
    {
        var text = new StringWriter();

        ReportTable.Write(text, s_report);

        string[] lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.EndsWith("NO", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("-", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public void Add_PeerOfWhichNothingIsMeasured_SaysSoAndIsAReport()
    {
        var context = new BenchmarkContext { IsQuick = true };

        context.Add("memory", [10], "bytes", "raw", [0]);

        Assert.Equal("memory, of which raw has too little to measure", context.Rows[0].Name);
        Assert.Empty(ReportSchema.Check(Json(s_report with { Results = context.Rows })));
    }

    [Fact]
    public void Add_Pairs_GivesMediansAndTheMedianOfRatios()
    {
        var context = new BenchmarkContext { IsQuick = true };

        context.Add("x", [10, 30, 20], "us", "raw", [10, 10, 10], "at most 1.5", (_, ratio) => ratio <= 1.5);

        BenchmarkRow row = Assert.Single(context.Rows);
        Assert.Equal((20.0, 10.0, 2.0, false), (row.Value, row.PeerValue, row.Ratio, row.Met));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(50, 2.5)]
    [InlineData(100, 4)]
    public void Percentile_FourValues_Interpolates(double percent, double expected) =>
        Assert.Equal(expected, Statistics.Percentile([4, 1, 3, 2], percent));

    private static string Json(BenchmarkReport report) =>
        JsonSerializer.Serialize(report, ReportJson.Default.BenchmarkReport);
}
