// SPDX-License-Identifier: MIT
using System;
using Denali.Net;
using Ilwaco;

/// <summary>Dials an echo server, sends it a pattern, and looks at each byte that comes back.</summary>
/// <remarks>Arguments: address, port, connections in a row, bytes of each. Ends with 1 if anything is left.</remarks>
internal static class Dialler
{
    private const int ChunkBytes = 16 * 1024;

    // Tables that grow with the most connections there were, TIME-WAIT's above all; they are kept. A buffer that every
    // connection left behind would be more.
    private const ulong TablesBytesMax = 1 << 20;

    private const ulong PatienceNs = 30_000_000_000;

    private static int Main()
    {
        if (!IpText.TryParse(Arguments.At(1), out IpAddress host)
            || !NumberText.TryParsePort(Arguments.At(2), out ushort port)
            || !NumberText.TryParse(Arguments.At(3), out ulong count)
            || !NumberText.TryParse(Arguments.At(4), out ulong bytes))
        {
            ConsoleDevice.WriteLine("usage: dialler HOST PORT COUNT BYTES"u8);
            return 2;
        }

        SocketAddress server = new(host, port);
        ulong heapBytes = 0;
        for (ulong i = 0; i < count; i++)
        {
            if (!Exchange(server, bytes))
            {
                return 1;
            }

            // The first connection makes what is used again.
            heapBytes = i == 0 ? Settle() : heapBytes;
        }

        ulong left = Settle() - heapBytes;
        NetworkStatistics statistics = NetworkStatistics.Take();
        if (statistics.ConnectionCount != 0 || statistics.SocketCount != 0 || (long)left > (long)TablesBytesMax)
        {
            Utf8Writer line = new(stackalloc byte[96]);
            line.Write("dialler: bytes left: "u8);
            line.WriteDecimal(left);
            line.Write(", connections: "u8);
            line.WriteDecimal((ulong)statistics.ConnectionCount);
            ConsoleDevice.WriteLine(line.Written);
            return 1;
        }

        ConsoleDevice.WriteLine("dialler: done"u8);
        return 0;
    }

    // Waits for the last acknowledgments. Returns what the heap holds then.
    private static ulong Settle()
    {
        ulong deadlineNs = Clock.After(PatienceNs);
        while (NetworkStatistics.Take().ConnectionCount != 0 && Clock.MonotonicNs < deadlineNs)
        {
            GuestThread.Sleep(Clock.NsPerMs);
        }

        return Heap.BytesInUse;
    }

    private static bool Exchange(SocketAddress server, ulong bytes)
    {
        int socket = Posix.Socket(server.Family, SocketType.Stream);
        if (Posix.Connect(socket, server) != 0)
        {
            return Fail("connect"u8);
        }

        Sender sender = new(socket, bytes);
        Action run = sender.Run;
        GuestThread thread = GuestThread.Start(run);
        bool isGood = Receive(socket, bytes);
        thread.Join();
        Heap.Free(run);
        Heap.Free(sender);
        return Posix.Close(socket) == 0 && isGood;
    }

    private static bool Receive(int socket, ulong bytes)
    {
        byte[] buffer = new byte[ChunkBytes];
        ulong received = 0;
        int count;
        bool isGood = true;
        while (isGood && (count = Posix.Receive(socket, buffer)) > 0)
        {
            for (int i = 0; i < count && isGood; i++)
            {
                isGood = buffer[i] == PatternAt(received + (uint)i) || Fail("wrong byte"u8);
            }

            received += (uint)count;
        }

        Heap.Free(buffer);
        return isGood && (received == bytes || Fail("wrong length"u8));
    }

    // Neither a power of two nor the size of a buffer is a period.
    private static byte PatternAt(ulong offset) => (byte)((offset * 0x9E37_79B9_7F4A_7C15) >> 56);

    private static bool Fail(ReadOnlySpan<byte> what)
    {
        ConsoleDevice.Write("dialler: "u8);
        ConsoleDevice.WriteLine(what);
        return false;
    }

    /// <summary>Sends the pattern, then the end.</summary>
    private sealed class Sender(int socket, ulong bytes)
    {
        internal void Run()
        {
            byte[] buffer = new byte[ChunkBytes];
            ulong sent = 0;
            int result = 0;
            while (sent < bytes && result >= 0)
            {
                int length = (int)Math.Min(bytes - sent, ChunkBytes);
                for (int i = 0; i < length; i++)
                {
                    buffer[i] = PatternAt(sent + (uint)i);
                }

                result = Posix.Send(socket, buffer.AsSpan(0, length));
                sent += (uint)length;
            }

            _ = Posix.Shutdown(socket, ShutdownHow.Write);
            Heap.Free(buffer);
        }
    }
}
