// SPDX-License-Identifier: MIT
using System.Linq;
using System.Text;
using Xunit;

namespace Denali.Http.Tests;

/// <summary>RFC 9110 section 14: which bytes are asked for.</summary>
public sealed class RangeListTests
{
    [Theory]
    [InlineData("bytes=0-4", "0-4")]
    [InlineData("BYTES=0-4", "0-4")]
    [InlineData("bytes=5-", "5-9")]
    [InlineData("bytes=-3", "7-9")]
    [InlineData("bytes=-30", "0-9")]
    [InlineData("bytes=8-30", "8-9")]
    [InlineData("bytes=0-0,-1", "0-0,9-9")]
    [InlineData("bytes= 1-2 , ,3-4", "1-2,3-4")]
    [InlineData("bytes=4-5,20-30,-0", "4-5")]
    [InlineData("bytes=0-9", "0-9")]
    public void Parse_Satisfiable_CutsAtTheEnd(string field, string expected)
    {
        Assert.Equal(HttpStatus.PartialContent, Parse(field, out string found));
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData("bytes=10-")]
    [InlineData("bytes=10-20")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=10-,11-12")]
    public void Parse_OutsideOfTheFile_IsNotSatisfiable(string field) =>
        Assert.Equal(HttpStatus.RangeNotSatisfiable, Parse(field, out _));

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=1")]
    [InlineData("bytes=1-2-3")]
    [InlineData("bytes=--1")]
    [InlineData("lines=0-4")]
    [InlineData("bytes=0-9,0-9")]
    [InlineData("bytes=0-99999999999999999999")]
    [InlineData("bytes=0-0,1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8")]
    public void Parse_MalformedOrTooMuch_MeansTheWhole(string field) =>
        Assert.Equal(HttpStatus.Ok, Parse(field, out _));

    private static HttpStatus Parse(string field, out string found)
    {
        HttpStatus status = RangeList.Parse(Encoding.ASCII.GetBytes(field), 10, out RangeList ranges);
        RangeList copy = ranges;
        found = string.Join(',', Enumerable.Range(0, ranges.Count).Select(i => $"{copy[i].First}-{copy[i].Last}"));
        return status;
    }
}
