// SPDX-License-Identifier: MIT
using System.Linq;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>The line that tells how far something is.</summary>
public sealed class ProgressTests
{
    [Theory]
    [InlineData(0.0, "work [..............................]   0 %")]
    [InlineData(0.5, "work [###############...............]  50 %")]
    [InlineData(0.999, "work [#############################.]  99 %")]
    [InlineData(1.0, "work [##############################] 100 %")]
    [InlineData(-1.0, "work [..............................]   0 %")]
    [InlineData(7.0, "work [##############################] 100 %")]
    public void Line_OfAKnownPart_IsABar(double part, string line) =>
        Assert.Equal(line, Progress.Line("work", part, step: 3));

    [Fact]
    public void Line_OfAnUnknownPart_Turns()
    {
        string[] lines = [.. Enumerable.Range(0, 5).Select(step => Progress.Line("work", null, step))];

        Assert.Equal([@"work -", @"work \", "work |", "work /", "work -"], lines);
    }
}
