// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Simulation;

/// <summary>Bytes that tell which stream they are of, and where in it.</summary>
internal static class Pattern
{
    private static readonly byte[] s_noise = Make();

    /// <summary>Fills a span with the bytes of a stream from an offset on.</summary>
    public static void Fill(Span<byte> bytes, int stream, long offset)
    {
        for (int done = 0; done < bytes.Length;)
        {
            ReadOnlySpan<byte> piece = Piece(stream, offset + done);
            int count = Math.Min(piece.Length, bytes.Length - done);
            piece[..count].CopyTo(bytes[done..]);
            done += count;
        }
    }

    /// <summary>Whether bytes are those of a stream from an offset on.</summary>
    public static bool Matches(ReadOnlySpan<byte> bytes, int stream, long offset)
    {
        while (bytes.Length > 0)
        {
            ReadOnlySpan<byte> piece = Piece(stream, offset);
            int count = Math.Min(piece.Length, bytes.Length);
            if (!bytes[..count].SequenceEqual(piece[..count]))
            {
                return false;
            }

            bytes = bytes[count..];
            offset += count;
        }

        return true;
    }

    // The noise repeats after a prime, so that no power of two is a period. Streams begin at different places.
    private static ReadOnlySpan<byte> Piece(int stream, long offset) =>
        s_noise.AsSpan((int)((offset + (stream * 7919L)) % s_noise.Length));

    private static byte[] Make()
    {
        const int Prime = 131_071;
        byte[] noise = new byte[Prime];
        new Random(1).NextBytes(noise);
        return noise;
    }
}
