// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>Random numbers that nobody can predict, not even one who later sees this VM's memory.</summary>
/// <remarks>
/// <para>ChaCha20 with fast key erasure: of each batch of output the first 32 bytes become the next key at once, and
/// what is handed out is erased, so the state never tells what came before.</para>
/// <para>The key comes from the kernel's seed, which is erased when it is taken, and is mixed with a new seed when the
/// VM's generation changes: clones of one VM go different ways from their first number on.</para>
/// <para>Any thread, inside of critical sections too.</para>
/// </remarks>
public static unsafe class GuestRandom
{
    private const int BatchBlocks = 4;
    private const int BatchBytes = BatchBlocks * ChaCha20.BlockBytes;

    // The key, then output; of that all but the last s_left bytes are spent and erased. Statics that begin as zero lie
    // together, apart from those that do not: so what is written often is in one page.
    private static Batch s_batch;
    private static int s_left;
    private static ulong s_generation;
    private static bool s_isSeeded;

    /// <summary>Fills memory with random bytes.</summary>
    /// <param name="destination">The memory.</param>
    public static void Fill(Span<byte> destination)
    {
        // One critical section for each batch: a long request delays no interrupt.
        while (!destination.IsEmpty)
        {
            CriticalSection.Enter();
            int count = FillSome(destination);
            CriticalSection.Leave();
            destination = destination.Slice(count);
        }
    }

    /// <summary>A random number.</summary>
    /// <returns>Each of the 2^64 numbers is as likely as any other.</returns>
    public static ulong NextUInt64()
    {
        ulong value = 0;
        Fill(new Span<byte>(&value, sizeof(ulong)));
        return value;
    }

    /// <summary>A random number below a bound.</summary>
    /// <param name="bound">The bound, not 0.</param>
    /// <returns>Each number from 0 to one less than the bound is as likely as any other.</returns>
    public static ulong Next(ulong bound)
    {
        Panic.Unless(bound != 0, "A random number below 0"u8);

        // The high half of a product is fair unless the low half falls into the first 2^64 mod bound numbers.
        ulong high = Math.BigMul(NextUInt64(), bound, out ulong low);
        if (low < bound)
        {
            ulong unfair = unchecked(0 - bound) % bound;
            while (low < unfair)
            {
                high = Math.BigMul(NextUInt64(), bound, out low);
            }
        }

        return high;
    }

    private static int FillSome(Span<byte> destination)
    {
        Span<byte> batch = s_batch;
        if (!s_isSeeded || s_generation != VirtualRegisters.Page->Generation)
        {
            Seed(batch);
        }

        if (s_left == 0)
        {
            Refill(batch);
        }

        int count = Math.Min(s_left, destination.Length);
        Span<byte> output = batch.Slice(BatchBytes - s_left, count);
        output.CopyTo(destination);
        output.Clear();
        s_left -= count;
        return count;
    }

    // The new key is the old one mixed with the seed, and what is left of the old output is forgotten.
    private static void Seed(Span<byte> batch)
    {
        RegisterPage* registers = VirtualRegisters.Page;
        Span<ulong> seed = new(&registers->RandomSeed0, ChaCha20.KeyBytes / sizeof(ulong));
        for (int i = 0; i < seed.Length; i++)
        {
            Span<byte> word = batch.Slice(i * sizeof(ulong));
            ulong old = BinaryPrimitives.ReadUInt64LittleEndian(word);
            BinaryPrimitives.WriteUInt64LittleEndian(word, old ^ seed[i]);
        }

        seed.Clear();
        s_generation = registers->Generation;
        s_isSeeded = true;
        s_left = 0;
    }

    private static void Refill(Span<byte> batch)
    {
        Span<byte> key = stackalloc byte[ChaCha20.KeyBytes];
        batch.Slice(0, ChaCha20.KeyBytes).CopyTo(key);
        ReadOnlySpan<byte> nonce = stackalloc byte[ChaCha20.NonceBytes];
        for (int i = 0; i < BatchBlocks; i++)
        {
            ChaCha20.Block(key, (uint)i, nonce, batch.Slice(i * ChaCha20.BlockBytes, ChaCha20.BlockBytes));
        }

        key.Clear();
        s_left = BatchBytes - ChaCha20.KeyBytes;
    }

    [InlineArray(BatchBytes)]
    private struct Batch
    {
        private byte _first;
    }
}
