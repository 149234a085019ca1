// SPDX-License-Identifier: MIT
using System;
using Denali.Net;
using Ilwaco;

/// <summary>Measures TCP: a server with three services, and a client for each.</summary>
/// <remarks>
/// <para>Server: whatever is sent to the sink's port is dropped; the source's port sends without end; on the third port
/// what comes is sent back at once.</para>
/// <para>Clients print one line of numbers: nanoseconds, bytes, transactions.</para>
/// </remarks>
internal static class Netperf
{
    private const ushort SinkPort = 5001;
    private const ushort SourcePort = 5002;
    private const ushort EchoPort = 5003;
    private const int ChunkBytes = 256 * 1024;

    private static int Main()
    {
        ReadOnlySpan<byte> mode = Arguments.At(1);
        if (mode.SequenceEqual("server"u8))
        {
            return Serve();
        }

        bool isSend = mode.SequenceEqual("send"u8);
        bool isReceive = mode.SequenceEqual("receive"u8);
        if ((isSend || isReceive)
            && Arguments.Count == 4
            && IpText.TryParse(Arguments.At(2), out IpAddress host)
            && NumberText.TryParse(Arguments.At(3), out ulong bytes))
        {
            return Transfer(host, isSend, bytes);
        }

        if (mode.SequenceEqual("transact"u8)
            && Arguments.Count == 5
            && IpText.TryParse(Arguments.At(2), out host)
            && NumberText.TryParse(Arguments.At(3), out ulong count)
            && NumberText.TryParse(Arguments.At(4), out ulong size)
            && size is > 0 and <= ChunkBytes)
        {
            return Transact(host, count, (int)size);
        }

        ConsoleDevice.WriteLine(
            "usage: netperf server | send HOST BYTES | receive HOST BYTES | transact HOST COUNT BYTES"u8);
        return 2;
    }

    private static int Serve()
    {
        Start(SinkPort, static socket => Drop(socket));
        Start(SourcePort, static socket => Produce(socket));
        Start(EchoPort, static socket => SendBack(socket));
        ConsoleDevice.WriteLine("netperf: ready"u8);
        VirtualInstructions.Ready();
        Termination.Wait();
        return 0;
    }

    private static void Start(ushort port, Action<int> serve)
    {
        int listener = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        Check(Posix.Bind(listener, SocketAddress.Any(AddressFamily.Ipv6, port)), "bind"u8);
        Check(Posix.Listen(listener, 64), "listen"u8);
        GuestThread.Start(() => AcceptEach(listener, serve)).Detach();
    }

    // One connection at a time on each port: what is measured is one.
    private static void AcceptEach(int listener, Action<int> serve)
    {
        while (true)
        {
            int connection = Posix.Accept(listener, out _);
            if (connection >= 0)
            {
                _ = Posix.SetSocketOption(connection, SocketOption.NoDelay, 1);
                serve(connection);
                _ = Posix.Close(connection);
            }
        }
    }

    private static void Drop(int socket)
    {
        byte[] buffer = new byte[ChunkBytes];
        while (Posix.Receive(socket, buffer) > 0)
        {
        }

        Heap.Free(buffer);
    }

    private static void Produce(int socket)
    {
        byte[] buffer = new byte[ChunkBytes];
        while (Posix.Send(socket, buffer) > 0)
        {
        }

        Heap.Free(buffer);
    }

    private static void SendBack(int socket)
    {
        byte[] buffer = new byte[ChunkBytes];
        int length;
        while ((length = Posix.Receive(socket, buffer)) > 0 && Posix.Send(socket, buffer.AsSpan(0, length)) > 0)
        {
        }

        Heap.Free(buffer);
    }

    private static int Transfer(IpAddress host, bool isSend, ulong bytes)
    {
        int socket = Connect(host, isSend ? SinkPort : SourcePort);
        byte[] buffer = new byte[ChunkBytes];
        ulong start = Clock.MonotonicNs;
        ulong done = 0;
        while (done < bytes)
        {
            Span<byte> chunk = buffer.AsSpan(0, (int)Math.Min(bytes - done, ChunkBytes));
            int count = isSend ? Posix.Send(socket, chunk) : Posix.Receive(socket, chunk);
            if (count <= 0)
            {
                Check(count == 0 ? -(int)Errno.EPIPE : count, "transfer"u8);
            }

            done += (uint)count;
        }

        if (isSend)
        {
            // The peer closes when it has read everything.
            _ = Posix.Shutdown(socket, ShutdownHow.Write);
            _ = Posix.Receive(socket, buffer);
        }

        Report(Clock.MonotonicNs - start, done, 1);
        _ = Posix.Close(socket);
        return 0;
    }

    private static int Transact(IpAddress host, ulong count, int size)
    {
        int socket = Connect(host, EchoPort);
        byte[] buffer = new byte[size];
        ulong start = Clock.MonotonicNs;
        for (ulong i = 0; i < count; i++)
        {
            Check(Posix.Send(socket, buffer), "send"u8);
            int received = Posix.Receive(socket, buffer, MessageFlags.WaitAll);
            Check(received == size ? 0 : -(int)Errno.EPIPE, "receive"u8);
        }

        Report(Clock.MonotonicNs - start, count * (ulong)size, count);
        _ = Posix.Close(socket);
        return 0;
    }

    private static int Connect(IpAddress host, ushort port)
    {
        int socket = Posix.Socket(host.IsIpv4 ? AddressFamily.Ipv4 : AddressFamily.Ipv6, SocketType.Stream);
        Check(socket, "socket"u8);
        _ = Posix.SetSocketOption(socket, SocketOption.NoDelay, 1);
        Check(Posix.Connect(socket, new SocketAddress(host, port)), "connect"u8);
        return socket;
    }

    private static void Report(ulong ns, ulong bytes, ulong transactions)
    {
        Utf8Writer line = new(stackalloc byte[96]);
        line.WriteDecimal(ns);
        line.Write(" "u8);
        line.WriteDecimal(bytes);
        line.Write(" "u8);
        line.WriteDecimal(transactions);
        ConsoleDevice.WriteLine(line.Written);
    }

    private static void Check(int result, ReadOnlySpan<byte> what)
    {
        if (result < 0)
        {
            Utf8Writer line = new(stackalloc byte[96]);
            line.Write("netperf: "u8);
            line.Write(what);
            line.Write(" failed with error "u8);
            line.WriteDecimal((ulong)-result);
            ConsoleDevice.WriteLine(line.Written);
            VirtualInstructions.Terminate(1);
        }
    }
}
