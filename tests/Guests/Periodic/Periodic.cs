// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Ilwaco;

/// <summary>
/// Idles for a period, again and again, and measures how late it is woken. Arguments: the period in nanoseconds, and
/// how many rounds; with a third one it waits for console input first. Ends with the number of rounds as its code.
/// </summary>
internal static class Periodic
{
    private const int Samples = 8192;
    private static readonly uint[] s_latenessNs = new uint[Samples];
    private static bool s_isAsked;

    private static int Main()
    {
        ulong period = ParseNumber(Arguments.At(1));
        ulong rounds = ParseNumber(Arguments.At(2));
        if (Arguments.Count > 3)
        {
            WaitForInput();
        }

        Termination.SetHandler(static () => s_isAsked = true);
        ulong done = 0;
        while (done < rounds && !Volatile.Read(ref s_isAsked))
        {
            ulong deadline = Clock.After(period);
            GuestThread.SleepUntil(deadline);
            ulong now = Clock.MonotonicNs;
            Panic.Unless(now >= deadline, "woken before the deadline"u8);
            s_latenessNs[(int)(done % Samples)] = (uint)Math.Min(now - deadline, uint.MaxValue);
            done++;
        }

        Report((int)Math.Min(done, Samples));
        return (int)done;
    }

    private static void WaitForInput()
    {
        ConsoleDevice.Write("started\n"u8);
        _ = ConsoleDevice.Read(stackalloc byte[1]);
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
}
