// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net.Tcp;

/// <summary>
/// Bounds challenge acknowledgments per second (RFC 5961 section 7). How many there may be in a second is drawn anew
/// each time, because a fixed number that all connections share can be counted from outside, and so tells an attacker
/// whether its guess about another connection was right.
/// </summary>
internal sealed class ChallengeLimiter(RandomSource random, int perSecond)
{
    private const ulong SecondNs = 1_000_000_000;

    private ulong _until;
    private int _left;

    /// <summary>Takes one.</summary>
    /// <returns>False if there is none left for now.</returns>
    public bool Take(ulong nowNs)
    {
        if (nowNs >= _until)
        {
            Span<byte> bytes = stackalloc byte[4];
            random.Fill(bytes);
            uint draw = BinaryPrimitives.ReadUInt32LittleEndian(bytes) % (uint)Math.Max(perSecond, 1);
            _left = Math.Max((perSecond / 2) + (int)draw, 1);
            _until = nowNs + SecondNs;
        }

        return --_left >= 0;
    }
}
