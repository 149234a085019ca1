// SPDX-License-Identifier: MIT
using System;
using Ilwaco;

/// <summary>A web server that breaks when it is told to: a fault at /fault, all of its memory at /memory.</summary>
/// <remarks>Anything else is answered with the same 20,000 bytes. One connection at a time, with one request.</remarks>
internal static unsafe class Fragile
{
    private const ushort Port = 80;
    private const int ContentBytes = 20_000;
    private const int HeadBytesMax = 8192;
    private const int PieceBytes = 1 << 20;

    private static byte[]?[] s_hoard = [];

    private static int Main()
    {
        int listener = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        if (Posix.Bind(listener, SocketAddress.Any(AddressFamily.Ipv6, Port)) != 0 || Posix.Listen(listener, 64) != 0)
        {
            return 1;
        }

        byte[] content = new byte[ContentBytes];
        for (int i = 0; i < content.Length; i++)
        {
            content[i] = unchecked((byte)(i * 7));
        }

        byte[] head = new byte[HeadBytesMax];
        VirtualInstructions.Ready();
        while (true)
        {
            int connection = Posix.Accept(listener, out _);
            if (connection >= 0)
            {
                Serve(connection, head, content);
                _ = Posix.Close(connection);
            }
        }
    }

    private static void Serve(int connection, byte[] head, byte[] content)
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

        ReadOnlySpan<byte> request = head.AsSpan(0, length);
        if (request.StartsWith("GET /fault "u8))
        {
            *(int*)8 = 1;
        }
        else if (request.StartsWith("GET /memory "u8))
        {
            Hoard();
        }

        if (Posix.Send(connection, "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\nConnection: close\r\n\r\n"u8) > 0)
        {
            _ = Posix.Send(connection, content);
        }
    }

    // Until there is no more, which ends the VM.
    private static void Hoard()
    {
        s_hoard = new byte[]?[1024];
        for (int i = 0; i < s_hoard.Length; i++)
        {
            byte[] piece = new byte[PieceBytes];
            piece.AsSpan().Fill(1);
            s_hoard[i] = piece;
        }
    }
}
