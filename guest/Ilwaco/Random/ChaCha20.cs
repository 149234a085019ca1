// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Numerics;

namespace Ilwaco;

/// <summary>The ChaCha20 block function of RFC 8439.</summary>
public static class ChaCha20
{
    /// <summary>Bytes in a block.</summary>
    public const int BlockBytes = 64;

    /// <summary>Bytes in a key.</summary>
    public const int KeyBytes = 32;

    /// <summary>Bytes in a nonce.</summary>
    public const int NonceBytes = 12;

    private const int Words = 16;
    private const int DoubleRounds = 10;

    /// <summary>Computes one block of the key stream.</summary>
    /// <param name="key"><see cref="KeyBytes"/> bytes.</param>
    /// <param name="counter">The block's number.</param>
    /// <param name="nonce"><see cref="NonceBytes"/> bytes.</param>
    /// <param name="block">Where the <see cref="BlockBytes"/> bytes go; may overlap the key.</param>
    public static void Block(ReadOnlySpan<byte> key, uint counter, ReadOnlySpan<byte> nonce, Span<byte> block)
    {
        Panic.Unless(
            key.Length == KeyBytes && nonce.Length == NonceBytes && block.Length == BlockBytes,
            "A ChaCha20 argument of the wrong length"u8);
        Span<uint> input = stackalloc uint[Words];
        Span<uint> state = stackalloc uint[Words];

        // "expand 32-byte k", as four little-endian words.
        input[0] = 0x61707865;
        input[1] = 0x3320646E;
        input[2] = 0x79622D32;
        input[3] = 0x6B206574;
        for (int i = 0; i < KeyBytes / sizeof(uint); i++)
        {
            input[4 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key.Slice(i * sizeof(uint)));
        }

        input[12] = counter;
        for (int i = 0; i < NonceBytes / sizeof(uint); i++)
        {
            input[13 + i] = BinaryPrimitives.ReadUInt32LittleEndian(nonce.Slice(i * sizeof(uint)));
        }

        input.CopyTo(state);
        for (int round = 0; round < DoubleRounds; round++)
        {
            QuarterRound(ref state[0], ref state[4], ref state[8], ref state[12]);
            QuarterRound(ref state[1], ref state[5], ref state[9], ref state[13]);
            QuarterRound(ref state[2], ref state[6], ref state[10], ref state[14]);
            QuarterRound(ref state[3], ref state[7], ref state[11], ref state[15]);
            QuarterRound(ref state[0], ref state[5], ref state[10], ref state[15]);
            QuarterRound(ref state[1], ref state[6], ref state[11], ref state[12]);
            QuarterRound(ref state[2], ref state[7], ref state[8], ref state[13]);
            QuarterRound(ref state[3], ref state[4], ref state[9], ref state[14]);
        }

        for (int i = 0; i < Words; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(block.Slice(i * sizeof(uint)), unchecked(state[i] + input[i]));
        }

        input.Clear();
        state.Clear();
    }

    private static void QuarterRound(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        unchecked
        {
            a += b;
            d = BitOperations.RotateLeft(d ^ a, 16);
            c += d;
            b = BitOperations.RotateLeft(b ^ c, 12);
            a += b;
            d = BitOperations.RotateLeft(d ^ a, 8);
            c += d;
            b = BitOperations.RotateLeft(b ^ c, 7);
        }
    }
}
