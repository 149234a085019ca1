// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Ilwaco;

/// <summary>A service that tells who it is, what it remembers, and a random number: a line a connection.</summary>
/// <remarks>
/// It is made for templates: it draws numbers before it is ready, so that a clone which did not seed again would give
/// itself away. What it remembers fills pages, and is checked before each answer: a page of another VM, or one that was
/// not put back, is noticed.
/// </remarks>
internal static unsafe class Twin
{
    private const ushort Port = 7000;
    private const int MemoryWords = 6 * 4096 / sizeof(ulong);

    private static ulong[] s_memory = [];
    private static ulong s_count;

    // Whose number was remembered last: its own, or that of the VM that it was made of.
    private static ulong s_writer;

    private static int Main()
    {
        s_memory = new ulong[MemoryWords];
        _ = GuestRandom.NextUInt64();
        int listener = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        if (Posix.Bind(listener, SocketAddress.Any(AddressFamily.Ipv6, Port)) != 0 || Posix.Listen(listener, 16) != 0)
        {
            return 1;
        }

        ConsoleDevice.WriteLine("twin: ready"u8);
        VirtualInstructions.Ready();
        while (true)
        {
            int connection = Posix.Accept(listener, out _);
            if (connection < 0)
            {
                return 2;
            }

            Answer(connection);
            _ = Posix.Close(connection);
        }
    }

    private static void Answer(int connection)
    {
        bool isInherited = s_writer != VirtualRegisters.Page->MachineId && Check(s_writer);
        bool isWhole = isInherited || Check(VirtualRegisters.Page->MachineId);
        s_count++;
        Remember();
        Span<byte> line = stackalloc byte[192];
        var writer = new Utf8Writer(line);
        RegisterPage* page = VirtualRegisters.Page;
        writer.Write("id="u8);
        writer.WriteDecimal(page->MachineId);
        writer.Write(" count="u8);
        writer.WriteDecimal(s_count);
        writer.Write(" whole="u8);
        writer.WriteDecimal(isWhole ? 1UL : 0UL);
        writer.Write(" random="u8);
        writer.WriteDecimal(GuestRandom.NextUInt64());
        writer.Write(" wall="u8);
        ulong monotonicNs = Clock.MonotonicNs;
        writer.WriteDecimal(Clock.WallNs);
        writer.Write(" inherited="u8);
        writer.WriteDecimal(isInherited ? 1UL : 0UL);
        writer.Write(" mono="u8);
        writer.WriteDecimal(monotonicNs);
        writer.Write("\n"u8);
        _ = Posix.Send(connection, writer.Written);
    }

    // Before the first answer all is zero.
    private static bool Check(ulong writer)
    {
        for (int i = 0; i < s_memory.Length; i++)
        {
            if (s_memory[i] != Word(writer, i))
            {
                return false;
            }
        }

        return true;
    }

    private static void Remember()
    {
        s_writer = VirtualRegisters.Page->MachineId;
        for (int i = 0; i < s_memory.Length; i++)
        {
            s_memory[i] = Word(s_writer, i);
        }
    }

    private static ulong Word(ulong writer, int i) =>
        s_count == 0 ? 0 : (writer * 1_000_003) + (s_count * 65_537) + (uint)i;
}
