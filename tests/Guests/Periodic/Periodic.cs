// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Denali.Hardware;
using Ilwaco;

/// <summary>
/// Idles for a period, again and again, and measures how late it is woken. Arguments: the period in nanoseconds, and
/// how many rounds. Ends with the number of rounds as its code.
/// </summary>
internal static unsafe class Periodic
{
    private const int Samples = 8192;
    private static readonly uint[] s_latenessNs = new uint[Samples];

    private static int Main()
    {
        ulong period = ParseNumber(Arguments.At(1));
        ulong rounds = ParseNumber(Arguments.At(2));
        if (Arguments.Count > 3)
        {
            ConsoleDevice.Write("started\n"u8);
        }

        ulong done = 0;
        InterruptBits pending = InterruptBits.None;
        while (done < rounds && (pending & InterruptBits.Terminate) == 0)
        {
            ulong deadline = Now() + period;
            pending = VirtualInstructions.Idle(deadline);
            ulong now = Now();
            if ((pending & InterruptBits.Timer) == 0)
            {
                continue;
            }

            Panic.Unless(now >= deadline, "woken before the deadline"u8);
            s_latenessNs[(int)(done % Samples)] = (uint)Math.Min(now - deadline, uint.MaxValue);
            done++;
        }

        Report((int)Math.Min(done, Samples));
        return (int)done;
    }

    private static void Report(int count)
    {
        if (count == 0)
        {
            return;
        }

        Span<uint> sorted = s_latenessNs.AsSpan().Slice(0, count);
        Sort(sorted);
        WriteValue("samples"u8, (uint)count);
        WriteValue("p50"u8, sorted[count / 2]);
        WriteValue("p99"u8, sorted[count * 99 / 100]);
        WriteValue("max"u8, sorted[count - 1]);
    }

    // Shell sort: short, and fast enough for as many.
    private static void Sort(Span<uint> values)
    {
        for (int gap = values.Length / 2; gap > 0; gap /= 2)
        {
            for (int i = gap; i < values.Length; i++)
            {
                uint value = values[i];
                int at = i;
                while (at >= gap && values[at - gap] > value)
                {
                    values[at] = values[at - gap];
                    at -= gap;
                }

                values[at] = value;
            }
        }
    }

    private static ulong Now()
    {
        RegisterPage* page = VirtualRegisters.Page;
        ulong ticks = ReadCounter() - page->TscBase;
        ulong multiplier = page->TscMultiplier;
        return page->MonotonicBaseNs + ((ticks >> 32) * multiplier) + (((ticks & uint.MaxValue) * multiplier) >> 32);
    }

    private static void WriteValue(ReadOnlySpan<byte> name, ulong value)
    {
        Utf8Writer writer = new(stackalloc byte[80]);
        writer.Write("#denali-value "u8);
        writer.Write(name);
        writer.Write(" "u8);
        writer.WriteDecimal(value);
        writer.Write("\n"u8);
        ConsoleDevice.Write(writer.Written);
    }

    private static ulong ParseNumber(ReadOnlySpan<byte> digits)
    {
        ulong value = 0;
        foreach (byte digit in digits)
        {
            value = (value * 10) + (uint)(digit - '0');
        }

        return value;
    }

    [RuntimeImport("*", "read_counter")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong ReadCounter();
}
