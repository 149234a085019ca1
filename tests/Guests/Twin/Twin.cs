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
        bool isWhole = Check();
        s_count++;
        Remember();
        Span<byte> line = stackalloc byte[160];
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
        writer.WriteDecimal(Clock.WallNs);
        writer.Write("\n"u8);
        _ = Posix.Send(connection, writer.Written);
    }

    // Before the first answer all is zero.
    private static bool Check()
    {
        for (int i = 0; i < s_memory.Length; i++)
        {
            if (s_memory[i] != Word(i))
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
        s_count == 0 ? 0 : (VirtualRegisters.Page->MachineId * 1_000_003) + (s_count * 65_537) + (uint)i;
}
