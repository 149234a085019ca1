// SPDX-License-Identifier: MIT
using System;
using System.Numerics;
using GuestTests;
using Ilwaco;

/// <summary>Tests the random numbers: the cipher by its standard, the generator by statistics.</summary>
internal static unsafe class Random
{
    private const int SampleBytes = 256 * 1024;

    private static int Main()
    {
        TestReport.Begin("random"u8);
        TestReport.Run("chacha20_matches_rfc_8439"u8, &ChaCha20MatchesRfc8439);
        TestReport.Run("bits_are_balanced"u8, &BitsAreBalanced);
        TestReport.Run("bytes_are_even"u8, &BytesAreEven);
        TestReport.Run("numbers_do_not_repeat"u8, &NumbersDoNotRepeat);
        TestReport.Run("bounded_numbers_are_even"u8, &BoundedNumbersAreEven);
        TestReport.Run("bound_of_one_is_zero"u8, &BoundOfOneIsZero);
        TestReport.Run("all_lengths_are_filled"u8, &AllLengthsAreFilled);
        PrintSample();
        return TestReport.End("random"u8);
    }

    private static void ChaCha20MatchesRfc8439()
    {
        // Section 2.3.2.
        Span<byte> key = stackalloc byte[ChaCha20.KeyBytes];
        for (int i = 0; i < key.Length; i++)
        {
            key[i] = (byte)i;
        }

        ReadOnlySpan<byte> nonce = [0, 0, 0, 9, 0, 0, 0, 0x4A, 0, 0, 0, 0];
        ReadOnlySpan<byte> expected =
        [
            0x10, 0xF1, 0xE7, 0xE4, 0xD1, 0x3B, 0x59, 0x15, 0x50, 0x0F, 0xDD, 0x1F, 0xA3, 0x20, 0x71, 0xC4,
            0xC7, 0xD1, 0xF4, 0xC7, 0x33, 0xC0, 0x68, 0x03, 0x04, 0x22, 0xAA, 0x9A, 0xC3, 0xD4, 0x6C, 0x4E,
            0xD2, 0x82, 0x64, 0x46, 0x07, 0x9F, 0xAA, 0x09, 0x14, 0xC2, 0xD7, 0x05, 0xD9, 0x8B, 0x02, 0xA2,
            0xB5, 0x12, 0x9C, 0xD1, 0xDE, 0x16, 0x4E, 0xB9, 0xCB, 0xD0, 0x83, 0xE8, 0xA2, 0x50, 0x3C, 0x4E,
        ];
        Span<byte> block = stackalloc byte[ChaCha20.BlockBytes];
        ChaCha20.Block(key, 1, nonce, block);
        TestReport.Check(block.SequenceEqual(expected), "another block"u8);
    }

    private static void BitsAreBalanced()
    {
        byte[] sample = Sample();
        long ones = 0;
        foreach (byte value in sample)
        {
            ones += BitOperations.PopCount(value);
        }

        // Seven standard deviations of 724 around one half of 2^21 bits.
        TestReport.CheckRange(ones, (1 << 20) - 5070, (1 << 20) + 5070, "bits that are set"u8);
        Heap.Free(sample);
    }

    private static void BytesAreEven()
    {
        byte[] sample = Sample();
        int[] counts = new int[256];
        foreach (byte value in sample)
        {
            counts[value]++;
        }

        // Chi-square with 255 degrees of freedom: 400 is more than six standard deviations out.
        const int Expected = SampleBytes / 256;
        long sum = 0;
        foreach (int count in counts)
        {
            long difference = count - Expected;
            sum += difference * difference;
        }

        TestReport.CheckRange(sum / Expected, 130, 400, "chi-square of bytes"u8);
        Heap.Free(sample);
        Heap.Free(counts);
    }

    private static void NumbersDoNotRepeat()
    {
        ulong[] numbers = new ulong[1000];
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = GuestRandom.NextUInt64();
            for (int j = 0; j < i; j++)
            {
                TestReport.Check(numbers[j] != numbers[i], "a number comes twice"u8);
            }
        }

        Heap.Free(numbers);
    }

    private static void BoundedNumbersAreEven()
    {
        const int Bound = 7;
        const int Draws = 70_000;
        Span<int> counts = stackalloc int[Bound];
        for (int i = 0; i < Draws; i++)
        {
            counts[(int)GuestRandom.Next(Bound)]++;
        }

        foreach (int count in counts)
        {
            // Seven standard deviations of 93.
            TestReport.CheckRange(count, 9350, 10_650, "draws of one number"u8);
        }

        // A bound just above 2^63: half of all numbers are refused, and the rest must still lie below it.
        const ulong Large = (1UL << 63) + 1;
        int upper = 0;
        for (int i = 0; i < 10_000; i++)
        {
            ulong value = GuestRandom.Next(Large);
            TestReport.Check(value < Large, "a number at or above its bound"u8);
            upper += value >= Large / 2 ? 1 : 0;
        }

        TestReport.CheckRange(upper, 4650, 5350, "numbers in the upper half"u8);
    }

    private static void BoundOfOneIsZero()
    {
        for (int i = 0; i < 10; i++)
        {
            TestReport.CheckEqual((long)GuestRandom.Next(1), 0, "number"u8);
        }
    }

    private static void AllLengthsAreFilled()
    {
        // Each byte becomes something other than zero sooner or later, and nothing behind the end does.
        Span<byte> buffer = stackalloc byte[600];
        Span<byte> seen = stackalloc byte[600];
        for (int length = 0; length < buffer.Length; length += 37)
        {
            seen.Clear();
            for (int i = 0; i < 8; i++)
            {
                buffer.Clear();
                GuestRandom.Fill(buffer.Slice(0, length));
                for (int j = 0; j < buffer.Length; j++)
                {
                    seen[j] |= buffer[j];
                }
            }

            for (int j = 0; j < buffer.Length; j++)
            {
                TestReport.Check(seen[j] != 0 == j < length, "a byte is not as it should be"u8);
            }
        }
    }

    private static byte[] Sample()
    {
        byte[] sample = new byte[SampleBytes];
        GuestRandom.Fill(sample);
        return sample;
    }

    // For the host, which compares VMs.
    private static void PrintSample()
    {
        TestReport.Value("random0"u8, GuestRandom.NextUInt64());
        TestReport.Value("random1"u8, GuestRandom.NextUInt64());
        TestReport.Value("random2"u8, GuestRandom.NextUInt64());
        TestReport.Value("random3"u8, GuestRandom.NextUInt64());
    }
}
