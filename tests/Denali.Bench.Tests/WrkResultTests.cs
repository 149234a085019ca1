// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Bench.Http;
using Xunit;

namespace Denali.Bench.Tests;

/// <summary>What wrk says, and what it says when something is wrong.</summary>
public sealed class WrkResultTests
{
    [Fact]
    public void Parse_LineOfTheScript_GivesItsFigures()
    {
        var result = WrkResult.Parse("Running 1s test @ http://x\n  1 threads\ndenali-bench 5000 2000000 1234 3\n");

        Assert.Equal(new WrkResult(2500, 1234, 5000, 3), result);
    }

    [Theory]
    [InlineData("")]
    [InlineData("unable to connect to 10.1.0.0:80 Connection refused\n")]
    [InlineData("denali-bench 5000 2000000 1234\n")]
    [InlineData("denali-bench 5000 2000000 many 3\n")]
    [InlineData("denali-bench 0 2000000 0 3\n")]
    public void Parse_NoFigures_SaysWhatWrkSaid(string output)
    {
        IOException error = Assert.Throws<IOException>(() => WrkResult.Parse(output));

        Assert.EndsWith(": " + output.Trim(), error.Message, StringComparison.Ordinal);
    }
}
