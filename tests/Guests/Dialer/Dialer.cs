// SPDX-License-Identifier: MIT
using System;
using Denali.Net;
using Ilwaco;

/// <summary>Goes out into the network on behalf of a test, which says where to over a connection to port 9.</summary>
/// <remarks>
/// The first line of a connection is the order, and the answer is one line: "ok", a count, or the number of the error.
/// <list type="bullet">
/// <item>tcp ADDRESS PORT: connects, then carries bytes, ends and resets between the two connections.</item>
/// <item>many ADDRESS PORT COUNT: connects as often as it can, says how often, holds all until the test closes.</item>
/// <item>udp ADDRESS PORT BYTES: sends a datagram and waits for the same.</item>
/// <item>ping ADDRESS: sends an echo request and waits for the reply.</item>
/// </list>
/// </remarks>
internal static class Dialer
{
    private const ushort ControlPort = 9;
    private const int LineBytesMax = 100;
    private const int TimeoutMs = 5_000;
    private const int BufferBytes = 32 * 1024;

    private static int Main()
    {
        int listener = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        if (Posix.Bind(listener, SocketAddress.Any(AddressFamily.Ipv6, ControlPort)) != 0
            || Posix.Listen(listener, 16) != 0)
        {
            return 1;
        }

        ConsoleDevice.WriteLine("dialer: ready"u8);
        VirtualInstructions.Ready();
        while (true)
        {
            int control = Posix.Accept(listener, out _);
            if (control >= 0)
            {
                GuestThread.Start(() => Serve(control)).Detach();
            }
        }
    }

    private static void Serve(int control)
    {
        Span<byte> line = stackalloc byte[LineBytesMax];
        int length = 0;
        while (length < line.Length && Posix.Receive(control, line.Slice(length, 1)) == 1 && line[length] != '\n')
        {
            length++;
        }

        ReadOnlySpan<byte> rest = line.Slice(0, length);
        ReadOnlySpan<byte> order = NextWord(ref rest);
        _ = IpText.TryParse(NextWord(ref rest), out IpAddress address);
        _ = NumberText.TryParse(NextWord(ref rest), out ulong port);
        _ = NumberText.TryParse(NextWord(ref rest), out ulong number);
        SocketAddress remote = new(address, (ushort)port);
        if (order.SequenceEqual("tcp"u8))
        {
            Carry(control, remote);
        }
        else if (order.SequenceEqual("many"u8))
        {
            ConnectMany(control, remote, (int)number);
        }
        else if (order.SequenceEqual("udp"u8))
        {
            Answer(control, Exchange(remote, (int)number));
        }
        else if (order.SequenceEqual("ping"u8))
        {
            Answer(control, Ping.Send(address, TimeoutMs * Clock.NsPerMs, out _));
        }

        _ = Posix.Close(control);
    }

    private static void Carry(int control, SocketAddress remote)
    {
        int result = Connect(remote, out int peer);
        Answer(control, result);
        if (result == 0)
        {
            byte[] buffer = new byte[BufferBytes];
            GuestThread back = GuestThread.Start(() => Copy(peer, control));
            Copy(control, peer, buffer);
            back.Join();
            Heap.Free(buffer);
        }

        _ = Posix.Close(peer);
    }

    private static void Copy(int from, int to)
    {
        byte[] buffer = new byte[BufferBytes];
        Copy(from, to, buffer);
        Heap.Free(buffer);
    }

    private static void Copy(int from, int to, byte[] buffer)
    {
        int length;
        while ((length = Posix.Receive(from, buffer)) > 0)
        {
            if (Posix.Send(to, buffer.AsSpan(0, length)) < 0)
            {
                Break(from);
                return;
            }
        }

        if (length < 0)
        {
            Break(to);
            return;
        }

        _ = Posix.Shutdown(to, ShutdownHow.Write);
    }

    // The other side learns of a reset by a reset, when its connection is closed: as soon as nobody reads from it.
    private static void Break(int socket)
    {
        _ = Posix.SetSocketOption(socket, SocketOption.Linger, 0);
        _ = Posix.Shutdown(socket, ShutdownHow.Read);
    }

    private static void ConnectMany(int control, SocketAddress remote, int count)
    {
        int[] peers = new int[count];
        int open = 0;
        while (open < count)
        {
            int error = Connect(remote, out peers[open]);
            if (error != 0)
            {
                _ = Posix.Close(peers[open]);
                break;
            }

            open++;
        }

        Say(control, open);
        Span<byte> end = stackalloc byte[1];
        _ = Posix.Receive(control, end);
        for (int i = 0; i < open; i++)
        {
            _ = Posix.Close(peers[i]);
        }

        Heap.Free(peers);
    }

    private static int Connect(SocketAddress remote, out int socket)
    {
        socket = Posix.Socket(remote.Family, SocketType.Stream);
        _ = Posix.SetSocketOption(socket, SocketOption.NoDelay, 1);
        _ = Posix.SetSocketOption(socket, SocketOption.SendTimeout, TimeoutMs);
        int result = Posix.Connect(socket, remote);
        _ = Posix.SetSocketOption(socket, SocketOption.SendTimeout, 0);
        return result;
    }

    private static int Exchange(SocketAddress remote, int bytes)
    {
        byte[] sent = new byte[bytes];
        byte[] received = new byte[bytes + 1];
        GuestRandom.Fill(sent);
        int socket = Posix.Socket(remote.Family, SocketType.Datagram);
        _ = Posix.SetSocketOption(socket, SocketOption.ReceiveTimeout, TimeoutMs);
        int result = Posix.Connect(socket, remote);
        if (result == 0)
        {
            result = Posix.Send(socket, sent);
        }

        if (result >= 0)
        {
            result = Posix.Receive(socket, received);
        }

        bool isSame = result == bytes && sent.AsSpan().SequenceEqual(received.AsSpan(0, bytes));
        _ = Posix.Close(socket);
        Heap.Free(sent);
        Heap.Free(received);
        return isSame ? 0 : result < 0 ? result : -(int)Errno.EINVAL;
    }

    private static void Answer(int control, int result)
    {
        if (result == 0)
        {
            _ = Posix.Send(control, "ok\n"u8);
            return;
        }

        Say(control, -result);
    }

    private static void Say(int control, int number)
    {
        Utf8Writer line = new(stackalloc byte[32]);
        line.WriteDecimal((ulong)number);
        line.Write("\n"u8);
        _ = Posix.Send(control, line.Written);
    }

    private static ReadOnlySpan<byte> NextWord(ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? text : text.Slice(0, end);
        text = end < 0 ? default : text.Slice(end + 1);
        return word;
    }
}
