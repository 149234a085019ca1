// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Denali.Sites.Tests.Support;

/// <summary>
/// Sends bytes that need not be HTTP, and reads responses strictly. It works on the calling thread and so in that
/// thread's network.
/// </summary>
internal sealed class RawClient : IDisposable
{
    private const int LimitMilliseconds = 30_000;

    private readonly Socket _socket;
    private readonly BufferedStream _stream;
    private string _received = "";

    internal RawClient(EndPoint server)
    {
        _socket = server is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.ReceiveTimeout = LimitMilliseconds;
        _socket.SendTimeout = LimitMilliseconds;
        _socket.Connect(server);
        _stream = new BufferedStream(new NetworkStream(_socket), 65_536);
    }

    /// <summary>Sends one request on a connection of its own, and reads the response.</summary>
    internal static RawResponse Ask(EndPoint server, string request)
    {
        using var client = new RawClient(server);
        client.Send(request);
        return client.Read(isHead: request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _socket.Dispose();
    }

    /// <summary>Sends bytes, each a character of Latin-1.</summary>
    internal void Send(string text)
    {
        try
        {
            _ = _socket.Send(Encoding.Latin1.GetBytes(text));
        }
        catch (SocketException)
        {
            // A server may end the connection once it has seen enough.
        }
    }

    /// <summary>Reads a response; those with status 1xx before it are passed over.</summary>
    internal RawResponse Read(bool isHead = false)
    {
        RawResponse response;
        do
        {
            response = ReadOne(isHead);
        }
        while (response.Status is >= 100 and < 200);

        return response;
    }

    /// <summary>Reads what comes until the server ends the connection.</summary>
    internal string ReadAll() => Encoding.Latin1.GetString(ReadCount(int.MaxValue, isToEnd: true).Content);

    /// <summary>Whether the server ends the connection, and sends nothing before.</summary>
    internal bool IsEnded()
    {
        try
        {
            return _stream.ReadByte() < 0;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: not SocketError.TimedOut })
        {
            return true;
        }
    }

    private RawResponse ReadOne(bool isHead)
    {
        List<(string, string)> fields = [];
        string? line = ReadLine();
        if (line is null || !line.StartsWith("HTTP/1.", StringComparison.Ordinal) || line.Length < 12)
        {
            return new RawResponse(0, fields, Encoding.Latin1.GetBytes(line ?? ""), line is null);
        }

        int status = int.Parse(line.AsSpan(9, 3), CultureInfo.InvariantCulture);
        while ((line = ReadLine()) is { Length: > 0 })
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            fields.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        var head = new RawResponse(status, fields, [], IsWhole: true);
        if (isHead || status is 204 or 304 or < 200)
        {
            return head;
        }

        (byte[] content, bool isWhole) =
            head.Field("Transfer-Encoding") == "chunked" ? ReadChunks()
            : head.Field("Content-Length") is { } length ? ReadCount(int.Parse(length, CultureInfo.InvariantCulture))
            : ReadCount(int.MaxValue, isToEnd: true);
        return head with { Content = content, IsWhole = isWhole };
    }

    private (byte[] Content, bool IsWhole) ReadChunks()
    {
        using var content = new MemoryStream();
        while (true)
        {
            string head = (ReadLine() ?? "0").Split(';')[0];
            int size = int.Parse(head, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            (byte[] chunk, bool isWhole) = ReadCount(size);
            content.Write(chunk);
            if (ReadLine() is null || !isWhole || size == 0)
            {
                return (content.ToArray(), isWhole && size == 0);
            }
        }
    }

    private (byte[] Content, bool IsWhole) ReadCount(int count, bool isToEnd = false)
    {
        using var content = new MemoryStream();
        byte[] buffer = new byte[65_536];
        while (content.Length < count)
        {
            int read = Receive(buffer.AsSpan(0, (int)Math.Min(buffer.Length, count - content.Length)));
            if (read == 0)
            {
                return (content.ToArray(), isToEnd);
            }

            content.Write(buffer, 0, read);
            _received = Encoding.Latin1.GetString(content.GetBuffer(), 0, (int)Math.Min(content.Length, 500));
        }

        return (content.ToArray(), true);
    }

    private string? ReadLine()
    {
        var line = new StringBuilder();
        Span<byte> one = stackalloc byte[1];
        while (Receive(one) == 1)
        {
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            _ = line.Append((char)one[0]);
        }

        return line.Length > 0 ? line.ToString() : null;
    }

    private int Receive(Span<byte> buffer)
    {
        try
        {
            return _stream.Read(buffer);
        }
        catch (IOException e)
            when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return 0;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.TimedOut })
        {
            throw new TimeoutException($"nothing came for {LimitMilliseconds} ms; before: {_received}", e);
        }
    }
}
