// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Denali.Sites.Tests.Support;

/// <summary>Many connections that do the same. They belong to the network of the thread that makes them.</summary>
internal sealed class Crowd : IDisposable
{
    private const int LimitMilliseconds = 60_000;

    private readonly List<Socket> _sockets = [];
    private readonly HashSet<Socket> _ended = [];

    /// <summary>Connects.</summary>
    internal static Crowd Connect(IPEndPoint server, int count)
    {
        var crowd = new Crowd();
        for (int i = 0; i < count; i++)
        {
            var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            {
                NoDelay = true,
                ReceiveTimeout = LimitMilliseconds,
            };
            crowd._sockets.Add(socket);
            socket.Connect(server);
            socket.Blocking = false;
        }

        return crowd;
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());

    /// <summary>Sends a text on each that takes it; what there is no room for is left out.</summary>
    internal void SendAll(string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        foreach (Socket socket in _sockets)
        {
            _ = socket.Send(bytes, SocketFlags.None, out SocketError error);
            if (error is not (SocketError.Success or SocketError.WouldBlock))
            {
                _ = _ended.Add(socket);
            }
        }
    }

    /// <summary>Asks on each, one after the other: the response must have a content.</summary>
    internal void AskAll(string request, string content)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(request);
        byte[] buffer = new byte[8192];
        foreach (Socket socket in _sockets)
        {
            socket.Blocking = true;
            _ = socket.Send(bytes);
            string text = "";
            while (!text.EndsWith("\r\n\r\n" + content, StringComparison.Ordinal))
            {
                int count = socket.Receive(buffer);
                Assert.True(count > 0, $"a connection has ended; before: {text}");
                text += Encoding.Latin1.GetString(buffer, 0, count);
            }

            Assert.StartsWith("HTTP/1.1 200 ", text, StringComparison.Ordinal);
            socket.Blocking = false;
        }
    }

    /// <summary>Reads what is there, and counts those whose server has ended them until now.</summary>
    internal int CountEnded()
    {
        byte[] buffer = new byte[8192];
        foreach (Socket socket in _sockets)
        {
            int count = 1;
            SocketError error = SocketError.Success;
            while (!_ended.Contains(socket) && count > 0 && error == SocketError.Success)
            {
                count = socket.Receive(buffer, SocketFlags.None, out error);
            }

            if (count == 0 && error is SocketError.Success or SocketError.ConnectionReset)
            {
                _ = _ended.Add(socket);
            }
        }

        return _ended.Count;
    }
}
