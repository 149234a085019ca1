// SPDX-License-Identifier: MIT
using Denali.Control;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>Sizes are read and written as people do.</summary>
public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("1", 1ul)]
    [InlineData("65536", 65_536ul)]
    [InlineData("64K", 65_536ul)]
    [InlineData("64k", 65_536ul)]
    [InlineData("64KB", 65_536ul)]
    [InlineData("64KiB", 65_536ul)]
    [InlineData("16M", 16ul << 20)]
    [InlineData("4g", 4ul << 30)]
    [InlineData("10B", 10ul)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("17179869183G", 17_179_869_183ul << 30)]
    public void Parse_Size_GivesBytes(string text, ulong bytes) => Assert.Equal(bytes, ByteSize.Parse(text, "--x"));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0K")]
    [InlineData("K")]
    [InlineData("B")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 M")]
    [InlineData("1.5M")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("1KK")]
    [InlineData("1T")]
    [InlineData("17179869184G")]
    [InlineData("18446744073709551616")]
    public void Parse_NoSize_SaysWhatIsExpected(string text) =>
        Assert.Equal(
            $"'{text}' is not a size for --x: write bytes, or a number with K, M or G",
            Assert.Throws<UsageException>(() => ByteSize.Parse(text, "--x")).Message);

    [Theory]
    [InlineData(0ul, "0 B")]
    [InlineData(1_023ul, "1023 B")]
    [InlineData(1_024ul, "1 KiB")]
    [InlineData(1_536ul, "1.5 KiB")]
    [InlineData(16ul << 20, "16 MiB")]
    [InlineData(4ul << 30, "4 GiB")]
    public void Format_Size_HasAUnit(ulong bytes, string text) => Assert.Equal(text, ByteCount.Format(bytes));
}
