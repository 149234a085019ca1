// SPDX-License-Identifier: MIT
using System;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>A guest's report counts only if it is whole; nothing that a guest prints passes by accident.</summary>
public sealed class FrameParserTests
{
    [Fact]
    public void Parse_WholeSuiteBetweenFreeText_ReportsEachTest()
    {
        const string Output = """
            booting
            #denali-test 1 begin threads
            #denali-test 1 pass starts two
            some text #denali-test 1 pass not a frame
            #denali-test 1 fail joins: waited: too long
            #denali-test 1 end threads 1 1
            bye
            """;

        FrameReport report = FrameParser.Parse(Output);

        Assert.Equal("threads", report.Suite);
        Assert.Equal(["starts two"], report.Passed);
        Assert.Equal([("joins", "waited: too long")], report.Failed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("all tests passed\n")]
    [InlineData("#denali-test 1 begin a\n")]
    [InlineData("#denali-test 1 begin a\n#denali-test 1 pass x\n")]
    [InlineData("#denali-test 1 begin a\n#denali-test 1 pass x\n#denali-test 1 end a 1")]
    [InlineData("#denali-test 1 begin a\n#denali-test 1 pass x\n#denali-test 1 end a 2 0")]
    [InlineData("#denali-test 1 begin a\n#denali-test 1 end b 0 0")]
    [InlineData("#denali-test 1 begin a\n#denali-test 1 fail x\n#denali-test 1 end a 1 0")]
    [InlineData("#denali-test 1 begin \n#denali-test 1 end  0 0")]
    [InlineData("#denali-test 1 begin a\n#denali-test 1 begin a\n#denali-test 1 end a 0 0")]
    [InlineData("#denali-test 1 begin a\n#denali-test 1 end a 0 0\n#denali-test 1 fail late: no")]
    [InlineData("#denali-test 1 pass x\n#denali-test 1 begin a\n#denali-test 1 end a 1 0")]
    [InlineData("#denali-test 1 begin a\n#denali-test 1 skip x\n#denali-test 1 end a 0 0")]
    [InlineData("#denali-test 2 begin a\n#denali-test 2 end a 0 0")]
    [InlineData("#denali-test 1 begin a\n#denali-test 1 pass \n#denali-test 1 end a 1 0")]
    public void Parse_BrokenStream_IsRefused(string output) =>
        Assert.Throws<FormatException>(() => FrameParser.Parse(output));

    [Fact]
    public void Values_NamesAndNumbers_AreRead()
    {
        var values = FrameParser.Values("x\n#denali-value p50 12\r\n#denali-value max 18446744073709551615\n");

        Assert.Equal(2, values.Count);
        Assert.Equal(12u, values["p50"]);
        Assert.Equal(ulong.MaxValue, values["max"]);
    }

    [Theory]
    [InlineData("#denali-value p50")]
    [InlineData("#denali-value p50 -1")]
    [InlineData("#denali-value p50 18446744073709551616")]
    [InlineData("#denali-value a 1\n#denali-value a 1")]
    [InlineData("#denali-value a b 1")]
    public void Values_BrokenLine_IsRefused(string output) =>
        Assert.Throws<FormatException>(() => FrameParser.Values(output));
}
