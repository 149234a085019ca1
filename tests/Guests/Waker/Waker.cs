// SPDX-License-Identifier: MIT
using System;
using Ilwaco;

/// <summary>
/// Counts the bytes of its console: for each it checks what it remembers, remembers something else, and answers with a
/// line, the number so far. It has neither network nor disk, so that waking it costs little more than waking.
/// </summary>
internal static unsafe class Waker
{
    private const int MemoryWords = 2 * 4096 / sizeof(ulong);

    private static ulong[] s_memory = [];
    private static ulong s_count;

    private static int Main()
    {
        s_memory = new ulong[MemoryWords];
        VirtualInstructions.Ready();
        Span<byte> input = stackalloc byte[1];
        Span<byte> line = stackalloc byte[24];
        while (true)
        {
            _ = ConsoleDevice.Read(input);
            var writer = new Utf8Writer(line);
            if (!Check())
            {
                writer.Write("!"u8);
            }

            s_count++;
            Remember();
            writer.WriteDecimal(s_count);
            writer.Write("\n"u8);
            ConsoleDevice.Write(writer.Written);
        }
    }

    // Before the first byte all is zero.
    private static bool Check()
    {
        for (int i = 0; i < s_memory.Length; i++)
        {
            if (s_memory[i] != (s_count == 0 ? 0 : Word(i)))
            {
                return false;
            }
        }

        return true;
    }

    private static void Remember()
    {
        for (int i = 0; i < s_memory.Length; i++)
        {
            s_memory[i] = Word(i);
        }
    }

    private static ulong Word(int i) =>
        (VirtualRegisters.Page->MachineId * 1_000_003) + (s_count * 65_537) + (uint)i;
}
