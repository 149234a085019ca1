// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Support;

/// <summary>Damages a message at random places in the ways that hurt parsers.</summary>
internal static class ByteMutator
{
    private static readonly byte[] s_boundaries = [0, 1, 2, 3, 4, 7, 8, 16, 63, 64, 127, 128, 191, 192, 254, 255];

    /// <summary>A damaged copy.</summary>
    public static byte[] Mutate(byte[] message, Random random)
    {
        byte[] copy = [.. message];
        int count = 1 + random.Next(4);
        for (int index = 0; index < count && copy.Length > 0; index++)
        {
            copy = MutateOnce(copy, random);
        }

        return copy;
    }

    /// <summary>Random bytes.</summary>
    public static byte[] Noise(Random random, int longest)
    {
        var bytes = new byte[random.Next(longest + 1)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] MutateOnce(byte[] bytes, Random random)
    {
        int at = random.Next(bytes.Length);
        switch (random.Next(6))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 2:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 3:
                int length = Math.Min(random.Next(1, 16), bytes.Length - at);
                int from = random.Next(bytes.Length - length + 1);
                bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(at, length));
                return bytes;
            case 4:
                return [.. bytes, .. Noise(random, 16)];
            default:
                bytes[at] = s_boundaries[random.Next(s_boundaries.Length)];
                return bytes;
        }
    }
}
