// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text;
using CsCheck;
using Denali.Hardware.Tests;
using Xunit;

namespace Denali.Http.Tests;

/// <summary>Dates against those of .NET.</summary>
public sealed class HttpDateTests
{
    private const long Now = 1_700_000_000;

    [Fact]
    public void Write_AnyTime_IsWhatDotNetWritesAndReadsBack() =>
        Gen.Long[0, HttpDate.UnixSecondsMax].Sample(
            seconds =>
            {
                byte[] text = new byte[HttpDate.LengthBytes];
                HttpDate.Write(seconds, text);
                DateTimeOffset time = DateTimeOffset.FromUnixTimeSeconds(seconds);
                return Encoding.ASCII.GetString(text) == time.ToString("R", CultureInfo.InvariantCulture)
                    && HttpDate.TryParse(text, Now, out long same) && same == seconds;
            },
            iter: Iterations.Of(100_000));

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", 784111777)]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", 784111777)]
    [InlineData("Sun Nov  6 08:49:37 1994", 784111777)]
    [InlineData("Wed Nov 16 08:49:37 1994", 784975777)]
    [InlineData("Tuesday, 14-Nov-73 22:13:20 GMT", 3277923200)]
    [InlineData("Wednesday, 14-Nov-74 22:13:20 GMT", 153699200)]
    public void TryParse_ThreeForms_AreRead(string text, long expected)
    {
        Assert.True(HttpDate.TryParse(Encoding.ASCII.GetBytes(text), Now, out long seconds));
        Assert.Equal(expected, seconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 CET")]
    [InlineData("Sun, 31 Apr 1994 08:49:37 GMT")]
    [InlineData("Sun, 00 Apr 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 24:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:60:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 08-49-37 GMT")]
    [InlineData("Sun,  6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 94 08:49:37 GMT")]
    [InlineData("784111777")]
    public void TryParse_OtherText_IsNoDate(string text) =>
        Assert.False(HttpDate.TryParse(Encoding.ASCII.GetBytes(text), Now, out _));

    [Fact]
    public void TryParse_AnyText_DoesNotThrow() =>
        Gen.Char["SunNov, :-0123456789GMT "].Array[0, 40].Sample(
            text =>
            {
                bool isDate = HttpDate.TryParse(Encoding.ASCII.GetBytes(text), Now, out long seconds);
                Assert.True(!isDate || seconds <= HttpDate.UnixSecondsMax);
            },
            iter: Iterations.Of(100_000));
}
