// SPDX-License-Identifier: MIT
using System;
using Ilwaco;

/// <summary>The echo service of RFC 862, over TCP and UDP, IPv4 and IPv6, for thousands of peers.</summary>
/// <remarks>
/// One thread serves all. What a peer sent stays in its connection's receive buffer until its send buffer has taken it:
/// so a peer that does not read stops itself, and a connection costs nothing here but its place in the list.
/// </remarks>
internal static class Echo
{
    private const ushort DefaultPort = 7;
    private const int Listener = 0;
    private const int Datagrams = 1;
    private const int FirstConnection = 2;
    private const int ConnectionsMax = 16384;

    // Made by Main: what an initializer makes may lie in the image, and could not be given back to the heap.
    private static PollEntry[] s_entries = [];
    private static int s_count;

    private static int Main()
    {
        ushort port = DefaultPort;
        if (Arguments.Count > 1 && !NumberText.TryParsePort(Arguments.At(1), out port))
        {
            ConsoleDevice.WriteLine("usage: echo [PORT]"u8);
            return 2;
        }

        SocketAddress any = SocketAddress.Any(AddressFamily.Ipv6, port);
        int listener = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        int datagrams = Posix.Socket(AddressFamily.Ipv6, SocketType.Datagram);
        if (Posix.Bind(listener, any) != 0 || Posix.Listen(listener, 512) != 0 || Posix.Bind(datagrams, any) != 0)
        {
            ConsoleDevice.WriteLine("echo: the port is taken"u8);
            return 1;
        }

        s_entries = new PollEntry[16];
        Add(listener);
        Add(datagrams);
        ConsoleDevice.WriteLine("echo: ready"u8);
        VirtualInstructions.Ready();
        byte[] buffer = new byte[65536];
        while (true)
        {
            _ = Posix.Poll(s_entries.AsSpan(0, s_count), -1);
            if (s_entries[Datagrams].Returned != PollEvents.None)
            {
                AnswerDatagrams(datagrams, buffer);
            }

            // From the end: a connection that is over gives its place to the last one.
            for (int i = s_count - 1; i >= FirstConnection; i--)
            {
                if (s_entries[i].Returned != PollEvents.None && !Serve(ref s_entries[i], buffer))
                {
                    _ = Posix.Close(s_entries[i].Descriptor);
                    s_entries[i] = s_entries[--s_count];
                }
            }

            if (s_entries[Listener].Returned != PollEvents.None)
            {
                AcceptAll(listener);
            }
        }
    }

    private static void AnswerDatagrams(int socket, byte[] buffer)
    {
        int length;
        while ((length = Posix.ReceiveFrom(socket, buffer, out SocketAddress peer, MessageFlags.DontWait)) >= 0)
        {
            _ = Posix.SendTo(socket, buffer.AsSpan(0, length), peer);
        }
    }

    private static void AcceptAll(int listener)
    {
        int connection;
        while (s_count < ConnectionsMax
            && (connection = Posix.Accept(listener, out _, MessageFlags.DontWait)) >= 0)
        {
            _ = Posix.SetSocketOption(connection, SocketOption.NonBlocking, 1);
            Add(connection);
        }
    }

    /// <summary>Sends back what came.</summary>
    /// <returns>False if the connection is over.</returns>
    private static bool Serve(ref PollEntry entry, byte[] buffer)
    {
        while (true)
        {
            int length = Posix.Receive(entry.Descriptor, buffer, MessageFlags.Peek);
            if (length <= 0)
            {
                entry.Events = PollEvents.Readable;
                return length == -(int)Errno.EAGAIN;
            }

            int sent = Posix.Send(entry.Descriptor, buffer.AsSpan(0, length));
            if (sent > 0)
            {
                _ = Posix.Receive(entry.Descriptor, buffer.AsSpan(0, sent));
            }

            if (sent < length)
            {
                entry.Events = PollEvents.Writable;
                return sent >= 0 || sent == -(int)Errno.EAGAIN;
            }
        }
    }

    private static void Add(int descriptor)
    {
        if (s_count == s_entries.Length)
        {
            PollEntry[] larger = new PollEntry[s_count * 2];
            s_entries.AsSpan().CopyTo(larger);
            Heap.Free(s_entries);
            s_entries = larger;
        }

        s_entries[s_count++] = new PollEntry { Descriptor = descriptor, Events = PollEvents.Readable };
    }
}
