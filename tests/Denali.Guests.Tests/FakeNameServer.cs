// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;

namespace Denali.Guests.Tests;

/// <summary>A name server on the host's loopback that knows one name, "www.example", byte by byte.</summary>
internal sealed class FakeNameServer : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Task _work;

    internal FakeNameServer() => _work = ServeAsync();

    internal IPEndPoint Local => (IPEndPoint)_socket.Client.LocalEndPoint!;

    /// <summary>Names that were asked for, with the type of record.</summary>
    internal ConcurrentQueue<(string Name, int Type)> Questions { get; } = [];

    public void Dispose()
    {
        _socket.Dispose();
        _work.Wait();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult received = await _socket.ReceiveAsync();
                byte[] answer = Answer(received.Buffer);
                await _socket.SendAsync(answer, received.RemoteEndPoint);
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // Disposed: the only way to stop.
        }
    }

    private byte[] Answer(byte[] question)
    {
        StringBuilder name = new();
        int at = 12;
        for (; question[at] != 0; at += 1 + question[at])
        {
            name.Append(Encoding.ASCII.GetString(question, at + 1, question[at])).Append('.');
        }

        int type = question[at + 2];
        Questions.Enqueue((name.ToString(), type));
        bool isKnown = name.ToString() == "www.example.";
        byte[] data = type == 1 ? [192, 0, 2, 7] : [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
        byte[] head = [question[0], question[1], 0x81, (byte)(isKnown ? 0x80 : 0x83), 0, 1, 0, (byte)(isKnown ? 1 : 0)];
        byte[] record = [0xC0, 12, 0, (byte)type, 0, 1, 0, 0, 0, 60, 0, (byte)data.Length, .. data];
        return [.. head, 0, 0, 0, 0, .. question[12..(at + 5)], .. isKnown ? record : []];
    }
}
