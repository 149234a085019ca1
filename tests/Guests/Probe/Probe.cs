// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Ilwaco;

/// <summary>Does the one ordinary thing that its first argument names.</summary>
internal static unsafe class Probe
{
    private static int Main()
    {
        ReadOnlySpan<byte> what = Arguments.At(1);
        ulong number = ParseNumber(Arguments.At(2));
        if (what.SequenceEqual("exit"u8))
        {
            VirtualInstructions.Terminate((uint)number);
        }

        return what.SequenceEqual("arguments"u8) ? WriteArguments()
            : what.SequenceEqual("registers"u8) ? WriteRegisters()
            : what.SequenceEqual("flood"u8) ? Flood(number)
            : what.SequenceEqual("echo"u8) ? Echo(number)
            : what.SequenceEqual("touch"u8) ? TouchMemory(number)
            : what.SequenceEqual("search"u8) ? SearchMemory(number)
            : what.SequenceEqual("allocate"u8) ? Allocate(number)
            : what.SequenceEqual("wait"u8) ? Wait()
            : what.SequenceEqual("nap"u8) ? Nap(number)
            : 2;
    }

    private static int WriteArguments()
    {
        for (int i = 0; i < Arguments.Count; i++)
        {
            ConsoleDevice.Write("<"u8);
            ConsoleDevice.Write(Arguments.At(i));
            ConsoleDevice.Write(">\n"u8);
        }

        return Arguments.Count;
    }

    private static int WriteRegisters()
    {
        RegisterPage* page = VirtualRegisters.Page;
        WriteValue("version"u8, page->ArchitectureVersion);
        WriteValue("machine"u8, page->MachineId);
        WriteValue("generation"u8, page->Generation);
        WriteValue("memory"u8, page->MemoryBytes);
        WriteValue("seed0"u8, page->RandomSeed0);
        WriteValue("seed1"u8, page->RandomSeed1);
        WriteValue("seed2"u8, page->RandomSeed2);
        WriteValue("seed3"u8, page->RandomSeed3);
        return 0;
    }

    // Numbered lines, so that a lost, doubled or exchanged piece shows.
    private static int Flood(ulong lines)
    {
        Span<byte> buffer = stackalloc byte[64];
        for (ulong line = 0; line < lines; line++)
        {
            Utf8Writer writer = new(buffer);
            writer.Write("line "u8);
            writer.WriteDecimal(line);
            writer.Write(" of console output\n"u8);
            ConsoleDevice.Write(writer.Written);
        }

        return 0;
    }

    // Gives back every byte of input, until as many have come as were asked for.
    private static int Echo(ulong bytes)
    {
        Span<byte> buffer = stackalloc byte[200];
        ConsoleDevice.Write("ready\n"u8);
        while (bytes > 0)
        {
            int count = ConsoleDevice.Read(buffer);
            ConsoleDevice.Write(buffer.Slice(0, count));
            bytes -= (uint)count;
        }

        return 0;
    }

    // Touches that many bytes of its heap, one per page, and no more than that.
    private static int TouchMemory(ulong bytes)
    {
        byte* start = (byte*)(VirtualRegisters.Page->StackAreaBase - bytes);
        for (ulong offset = 0; offset < bytes; offset += AddressMap.PageBytes)
        {
            start[offset] = 1;
        }

        return 0;
    }

    // Looks for anything that is not zero where TouchMemory writes.
    private static int SearchMemory(ulong bytes)
    {
        byte* start = (byte*)(VirtualRegisters.Page->StackAreaBase - bytes);
        for (ulong offset = 0; offset < bytes; offset += sizeof(ulong))
        {
            if (*(ulong*)(start + offset) != 0)
            {
                return 1;
            }
        }

        return 0;
    }

    // Allocates until that much is in use.
    private static int Allocate(ulong bytes)
    {
        const int Piece = 64 * 1024;
        for (ulong used = 0; used < bytes; used += Piece)
        {
            byte[] piece = new byte[Piece];
            piece[Piece - 1] = 1;
        }

        return 0;
    }

    // Waits to be told to end.
    private static int Wait()
    {
        ConsoleDevice.Write("waiting\n"u8);
        Termination.Wait();
        return (int)Termination.DefaultCode;
    }

    // Sleeps once, up to a time of the monotonic clock, then never leaves the processor of its own will.
    private static int Nap(ulong deadlineNs)
    {
        GuestThread.SleepUntil(deadlineNs);
        while (true)
        {
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
