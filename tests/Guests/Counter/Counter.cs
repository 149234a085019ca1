// SPDX-License-Identifier: MIT
using System;
using Ilwaco;

/// <summary>
/// A web server that counts: each answer is the number of requests so far, and what is in /index.html on its disk. So
/// its memory shows whether it is the VM that it was, and its content whose it is.
/// </summary>
/// <remarks>One connection at a time, with one request.</remarks>
internal static class Counter
{
    private const ushort Port = 80;
    private const int HeadBytesMax = 8192;
    private const int PageBytesMax = 4096;

    // Static, and not a variable of the loop: it has to be written to memory.
    private static ulong s_count;

    private static int Main()
    {
        int listener = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        if (Posix.Bind(listener, SocketAddress.Any(AddressFamily.Ipv6, Port)) != 0 || Posix.Listen(listener, 64) != 0)
        {
            return 1;
        }

        byte[] head = new byte[HeadBytesMax];
        byte[] page = new byte[PageBytesMax];

        // First what all clones share; when a clone has found its disk it serves.
        FileSystem.Prepare();
        VirtualInstructions.Ready();
        if (Read(page) < 0)
        {
            return 2;
        }

        VirtualInstructions.Ready();
        while (true)
        {
            int connection = Posix.Accept(listener, out _);
            if (connection >= 0)
            {
                Serve(connection, head, page);
                _ = Posix.Close(connection);
            }
        }
    }

    private static void Serve(int connection, byte[] head, byte[] page)
    {
        int length = 0;
        while (!head.AsSpan(0, length).EndsWith("\r\n\r\n"u8))
        {
            int received = Posix.Receive(connection, head.AsSpan(length));
            if (received <= 0 || length + received == head.Length)
            {
                return;
            }

            length += received;
        }

        s_count++;
        Utf8Writer text = new(stackalloc byte[32]);
        text.WriteDecimal(s_count);
        text.Write((byte)'\n');
        int read = Read(page);
        int content = text.Written.Length + (read > 0 ? read : 0);
        Utf8Writer answer = new(stackalloc byte[128]);
        answer.Write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: "u8);
        answer.WriteDecimal((ulong)content);
        answer.Write("\r\n\r\n"u8);
        answer.Write(text.Written);
        if (Posix.Send(connection, answer.Written) > 0 && read > 0)
        {
            _ = Posix.Send(connection, page.AsSpan(0, read));
        }
    }

    private static int Read(byte[] page)
    {
        int file = Posix.Open("/index.html"u8);
        if (file < 0)
        {
            return file;
        }

        int read = Posix.Read(file, page);
        _ = Posix.Close(file);
        return read;
    }
}
