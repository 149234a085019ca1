// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Text;

namespace Denali.Http.Tests;

/// <summary>A stream in memory. What comes may come in pieces, and there may be little room for what goes.</summary>
internal sealed class MemoryTransport(MemoryStore store) : IHttpTransport
{
    private readonly List<byte> _incoming = [];
    private readonly List<byte> _sent = [];
    private int _taken;

    /// <summary>Bytes that the client has not taken yet, at most.</summary>
    public int WindowBytes { get; set; } = int.MaxValue;

    public bool IsReceiveEnded { get; set; }

    public bool IsBroken { get; set; }

    public bool IsSendEnded { get; private set; }

    /// <summary>Reading files fails.</summary>
    public bool IsDiskBroken { get; set; }

    public int SendRoomBytes => (int)Math.Min(int.MaxValue, (long)WindowBytes + _taken - _sent.Count);

    /// <summary>All that was sent.</summary>
    public byte[] Sent => [.. _sent];

    public string SentText => Encoding.Latin1.GetString(Sent);

    public int WaitingBytes => _incoming.Count;

    public void Receive(string text) => _incoming.AddRange(Encoding.Latin1.GetBytes(text));

    public void Receive(byte[] bytes) => _incoming.AddRange(bytes);

    /// <summary>The client takes what was sent: there is room again.</summary>
    public void TakeSent() => _taken = _sent.Count;

    public ReadOnlySpan<byte> Peek() =>
        _incoming[..Math.Min(_incoming.Count, HttpLimits.HeadBytesMax)].ToArray();

    public void Take(int count) => _incoming.RemoveRange(0, count);

    public void Send(ReadOnlySpan<byte> data)
    {
        if (data.Length > SendRoomBytes || IsSendEnded)
        {
            throw new InvalidOperationException("there is no room, or the end was sent");
        }

        _sent.AddRange(data);
    }

    public long SendFile(int handle, long offset, long count)
    {
        byte[] content = store.ContentOf(handle);
        if (IsDiskBroken)
        {
            return -1;
        }

        int taken = (int)Math.Min(count, SendRoomBytes);
        Send(content.AsSpan((int)offset, taken));
        return taken;
    }

    public void EndSend() => IsSendEnded = true;
}
