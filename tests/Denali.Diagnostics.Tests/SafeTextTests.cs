// SPDX-License-Identifier: MIT
using System.Linq;
using System.Text;
using Denali.Images.Tests;
using Xunit;

namespace Denali.Diagnostics.Tests;

/// <summary>What a guest can put on an operator's terminal: nothing but text.</summary>
public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain text, with 'signs' <>&", "plain text, with 'signs' <>&")]
    [InlineData("gr\u00FC\u00DFe \u65E5\u672C \U0001F600", "gr\u00FC\u00DFe \u65E5\u672C \U0001F600")]
    [InlineData("a\nb\r\tc\0", "a\\nb\\r\\tc\\x00")]
    [InlineData("\x1B[31mred\x07\x7F", "\\x1b[31mred\\x07\\x7f")]
    [InlineData("\u009B2J", "\\x9b2J")]
    [InlineData("\u202Egnp.exe\u2028\u2029\uFEFF", "\\u{202e}gnp.exe\\u{2028}\\u{2029}\\u{feff}")]
    [InlineData("back\\nslash", "back\\\\nslash")]
    public void FromUtf8_Text_EscapesWhatIsNotPlain(string text, string expected) =>
        Assert.Equal(expected, SafeText.FromUtf8(Encoding.UTF8.GetBytes(text), 100));

    [Fact]
    public void FromUtf8_InvalidBytes_BecomeReplacementCharacters() =>
        Assert.Equal("a\uFFFDb\uFFFD", SafeText.FromUtf8([(byte)'a', 0xFF, (byte)'b', 0xC3], 100));

    [Fact]
    public void FromUtf8_LongText_IsCutWithDots()
    {
        Assert.Equal("aaaaaaa...", SafeText.FromUtf8(Encoding.UTF8.GetBytes(new string('a', 11)), 10));
        Assert.Equal("aaaaaaaaaa", SafeText.FromUtf8(Encoding.UTF8.GetBytes(new string('a', 10)), 10));
        Assert.Equal("aaaaaaa...", SafeText.FromUtf8(Encoding.UTF8.GetBytes(new string('a', 100_000)), 10));
    }

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void FromUtf8_RandomBytes_AreOneBoundedPrintableLine() =>
        TestSeed.ForEach(5_000, 500_000, random =>
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            int maxLength = random.Next(3, 100);

            string text = SafeText.FromUtf8(bytes, maxLength);

            Assert.True(text.Length <= maxLength);
            Assert.DoesNotContain(text, c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\u202E');
            Assert.All(text.EnumerateRunes().ToArray(), rune => Assert.True(Rune.IsValid(rune.Value)));
        });
}
