// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Ilwaco;

/// <summary>The guest that the benchmarks run; its first argument says what it does.</summary>
internal static unsafe class Bench
{
    private const int LineBytes = 64;

    // Idling until a moment this far ahead: when all others have had their turn it is long past.
    private const ulong AheadNs = 50_000;

    private static int Main()
    {
        ReadOnlySpan<byte> mode = Arguments.At(1);
        if (mode.SequenceEqual("exit"u8))
        {
            Exit(Number(Arguments.At(2)));
        }
        else if (mode.SequenceEqual("switch"u8))
        {
            Switch(Number(Arguments.At(2)), Number(Arguments.At(3)));
        }
        else if (mode.SequenceEqual("wake"u8))
        {
            Wake();
        }
        else
        {
            VirtualInstructions.Ready();
        }

        return 0;
    }

    private static void Exit(ulong count)
    {
        VirtualInstructions.Ready();
        for (ulong i = 0; i < count; i++)
        {
            VirtualInstructions.Doorbell(Device.Console);
        }

        VirtualInstructions.Ready();
    }

    private static void Switch(ulong rounds, ulong bufferBytes)
    {
        byte[] buffer = new byte[bufferBytes + 1];
        Touch(buffer);
        VirtualInstructions.Ready();
        ConsoleDevice.Read(stackalloc byte[16]);
        VirtualInstructions.Ready();
        for (ulong i = 0; i < rounds; i++)
        {
            Touch(buffer);
            GuestThread.SleepUntil(Clock.MonotonicNs + AheadNs);
        }

        VirtualInstructions.Ready();
    }

    // Reports whenever it is woken by a byte of input.
    private static void Wake()
    {
        Span<byte> input = stackalloc byte[1];
        VirtualInstructions.Ready();
        while (true)
        {
            _ = ConsoleDevice.Read(input);
            VirtualInstructions.Ready();
        }
    }

    private static void Touch(byte[] buffer)
    {
        fixed (byte* start = buffer)
        {
            for (nuint offset = 0; offset + LineBytes <= (nuint)buffer.Length; offset += LineBytes)
            {
                (*(ulong*)(start + offset))++;
            }
        }
    }

    private static ulong Number(ReadOnlySpan<byte> text)
    {
        ulong value = 0;
        foreach (byte digit in text)
        {
            value = (value * 10) + (ulong)(digit - '0');
        }

        return value;
    }
}
