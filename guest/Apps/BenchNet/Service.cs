// SPDX-License-Identifier: MIT
using System;
using Ilwaco;

/// <summary>
/// A service as small as one can be: answers datagrams, and does a little work in its own memory for each. It may have
/// a timer that is always pending, as one with connections or sessions has.
/// </summary>
internal static unsafe class Service
{
    private const ushort Port = 7;
    private const ulong PeriodNs = 100_000_000;
    private const int LineBytes = 64;
    private const int WorkBytes = 4096;

    /// <summary>Serves without end.</summary>
    /// <param name="waiting">How it waits for its timer: "sleep", "spin" or "yield"; empty for no timer.</param>
    internal static void Run(ReadOnlySpan<byte> waiting)
    {
        int socket = Posix.Socket(AddressFamily.Ipv4, SocketType.Datagram);
        _ = Posix.Bind(socket, SocketAddress.Any(AddressFamily.Ipv4, Port));
        if (waiting.SequenceEqual("sleep"u8))
        {
            KeepTime(static dueNs => GuestThread.SleepUntil(dueNs));
        }
        else if (waiting.SequenceEqual("spin"u8))
        {
            KeepTime(static dueNs => Spin(dueNs));
        }
        else if (waiting.SequenceEqual("yield"u8))
        {
            KeepTime(static dueNs => YieldUntil(dueNs));
        }

        VirtualInstructions.Ready();
        byte[] buffer = new byte[2048];
        byte[] memory = new byte[WorkBytes];
        while (true)
        {
            int length = Posix.ReceiveFrom(socket, buffer, out SocketAddress peer);
            if (length > 0)
            {
                Work(memory);
                _ = Posix.SendTo(socket, buffer.AsSpan(0, length), peer);
            }
        }
    }

    // The lowest priority: a guest whose idle loop spins still does everything else first.
    private static void KeepTime(Action<ulong> wait) =>
        GuestThread.Start(() => Tick(wait), ThreadPriority.Lowest).Detach();

    private static void Tick(Action<ulong> wait)
    {
        ulong dueNs = Clock.MonotonicNs;
        while (true)
        {
            dueNs += PeriodNs;
            wait(dueNs);
        }
    }

    private static void Spin(ulong dueNs)
    {
        while (Clock.MonotonicNs < dueNs)
        {
        }
    }

    private static void YieldUntil(ulong dueNs)
    {
        while (Clock.MonotonicNs < dueNs)
        {
            VirtualInstructions.Yield();
        }
    }

    private static void Work(byte[] memory)
    {
        fixed (byte* start = memory)
        {
            for (nuint offset = 0; offset + LineBytes <= (nuint)memory.Length; offset += LineBytes)
            {
                (*(ulong*)(start + offset))++;
            }
        }
    }
}
