// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Kernel.Memory;

/// <summary>The difference of two pages: their exclusive or. Where they agree it is zero, which compresses well; and
/// applied to either one it gives the other.</summary>
internal static class PageDelta
{
    /// <summary>Combines bytes with others of the same length, in place.</summary>
    /// <param name="bytes">The first operand, and the result. A multiple of 64 long.</param>
    /// <param name="other">The second operand.</param>
    internal static void Apply(Span<byte> bytes, ReadOnlySpan<byte> other)
    {
        for (int at = 0; at < bytes.Length; at += Vector<byte>.Count)
        {
            Span<byte> piece = bytes[at..];
            (new Vector<byte>(piece) ^ new Vector<byte>(other[at..])).CopyTo(piece);
        }
    }
}
