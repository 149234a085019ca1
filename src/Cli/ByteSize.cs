// SPDX-License-Identifier: MIT
using System;
using System.Globalization;

namespace Denali.Cli;

/// <summary>Sizes as people write them: 65536, 64K, 16M, 1G (powers of 1024).</summary>
internal static class ByteSize
{
    /// <summary>Reads a size.</summary>
    /// <param name="text">The text.</param>
    /// <param name="option">The option it belongs to, for the message.</param>
    /// <returns>Bytes, more than 0.</returns>
    /// <exception cref="UsageException">It is no size.</exception>
    internal static ulong Parse(string text, string option)
    {
        ReadOnlySpan<char> digits = text.AsSpan().TrimEnd("bB").TrimEnd("iI");
        int shift = digits.IsEmpty ? 0 : char.ToUpperInvariant(digits[^1]) switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            _ => 0,
        };
        digits = shift == 0 ? digits : digits[..^1];
        if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
            || value == 0 || value > ulong.MaxValue >> shift)
        {
            throw new UsageException($"'{text}' is not a size for {option}: write bytes, or a number with K, M or G");
        }

        return value << shift;
    }

    /// <summary>Reads a size that has bounds.</summary>
    /// <param name="text">The text.</param>
    /// <param name="option">The option it belongs to, for the message.</param>
    /// <param name="least">Fewest bytes, a multiple of a MiB.</param>
    /// <param name="most">Most bytes, a multiple of a GiB.</param>
    /// <returns>Bytes.</returns>
    /// <exception cref="UsageException">It is no size, or out of bounds.</exception>
    internal static ulong Parse(string text, string option, ulong least, ulong most)
    {
        ulong bytes = Parse(text, option);
        return bytes >= least && bytes <= most
            ? bytes
            : throw new UsageException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{text}' is out of the range of {option}: write {least >> 20}M to {most >> 30}G"));
    }
}
