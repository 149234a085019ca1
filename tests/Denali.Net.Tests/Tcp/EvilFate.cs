// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Denali.Net.Tests.Tcp;

/// <summary>What a bad wire does to packets: loses, doubles, delays, reorders and corrupts them.</summary>
internal sealed class EvilFate(Random random)
{
    public double Loss { get; init; }

    public double Duplication { get; init; }

    public double Reordering { get; init; }

    public double Corruption { get; init; }

    public ulong DelayNs { get; init; }

    public ulong JitterNs { get; init; }

    public IEnumerable<ulong> Of(TestPacket packet)
    {
        if (random.NextDouble() < Loss)
        {
            return [];
        }

        if (random.NextDouble() < Corruption)
        {
            packet.Segment = [.. packet.Segment];
            packet.Segment[random.Next(packet.Segment.Length)] ^= (byte)(1 << random.Next(8));
        }

        ulong delay = DelayNs;
        if (random.NextDouble() < Reordering)
        {
            delay += (ulong)random.NextInt64((long)JitterNs + 1);
        }

        ulong again = delay + (ulong)random.NextInt64((long)JitterNs + 1);
        return random.NextDouble() < Duplication ? [delay, again] : [delay];
    }
}
