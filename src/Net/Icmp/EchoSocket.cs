// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>Sends echo requests and gets their replies: what "ping" needs.</summary>
public sealed class EchoSocket
{
    /// <summary>Bytes of replies that may wait; more are dropped.</summary>
    private const int QueueBytesMax = 128 * 1024;

    // Source address, sequence number, hop limit, length.
    private const int RecordBytes = 16 + 2 + 1 + 2;

    private readonly IcmpLayer _layer;
    private ByteRing _queue;

    internal EchoSocket(IcmpLayer layer, ushort identifier)
    {
        _layer = layer;
        Identifier = identifier;
    }

    /// <summary>The identifier of its messages.</summary>
    public ushort Identifier { get; }

    /// <summary>Called when a reply comes. From inside the stack: must not call into it.</summary>
    public Action? OnReadable { get; set; }

    /// <summary>Whether a reply waits.</summary>
    public bool IsReadable => _queue.Count > 0;

    internal EchoSocket? Next { get; set; }

    /// <summary>Sends a request.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="sequence">Comes back in the reply.</param>
    /// <param name="payload">Comes back as well; up to 65507 bytes.</param>
    /// <param name="hopLimit">Time to live; 0 for the default.</param>
    /// <returns>None if it was sent.</returns>
    public NetError Send(IpAddress destination, ushort sequence, ReadOnlySpan<byte> payload, byte hopLimit = 0)
    {
        if (!_layer.TryGetSource(destination, out IpAddress source))
        {
            return NetError.Unreachable;
        }

        uint rest = ((uint)Identifier << 16) | sequence;
        return _layer.SendEcho(source, destination, isReply: false, rest, payload, hopLimit) switch
        {
            IpSendResult.Sent => NetError.None,
            IpSendResult.LinkFull => NetError.NoBuffers,
            IpSendResult.TooLarge => NetError.TooLarge,
            _ => NetError.Unreachable,
        };
    }

    /// <summary>Takes the oldest reply.</summary>
    /// <param name="payload">Where its payload goes; what does not fit is lost.</param>
    /// <param name="source">Who sent it.</param>
    /// <param name="sequence">The request's sequence number.</param>
    /// <param name="hopLimit">Its time to live.</param>
    /// <returns>Bytes of its payload, or -1 if there is none.</returns>
    public int TryReceive(Span<byte> payload, out IpAddress source, out ushort sequence, out byte hopLimit)
    {
        source = default;
        sequence = 0;
        hopLimit = 0;
        if (_queue.Count == 0)
        {
            return -1;
        }

        Span<byte> record = stackalloc byte[RecordBytes];
        _queue.CopyOut(0, record);
        source = IpAddress.ReadIpv6(record);
        sequence = BinaryPrimitives.ReadUInt16BigEndian(record[16..]);
        hopLimit = record[18];
        int length = BinaryPrimitives.ReadUInt16BigEndian(record[19..]);
        _queue.CopyOut(RecordBytes, payload[..Math.Min(length, payload.Length)]);
        _queue.Skip(RecordBytes + length, _layer.Buffers);
        return length;
    }

    /// <summary>Closes the socket.</summary>
    public void Close()
    {
        _queue.Clear(_layer.Buffers);
        _layer.Remove(this);
    }

    internal void Enqueue(in IpPacket packet, ushort sequence, ReadOnlySpan<byte> payload)
    {
        int bytes = RecordBytes + payload.Length;
        if (_queue.Count + bytes > QueueBytesMax || !_queue.TryReserve(bytes, _layer.Buffers))
        {
            return;
        }

        Span<byte> record = stackalloc byte[RecordBytes];
        BinaryPrimitives.WriteUInt64BigEndian(record, packet.Source.High);
        BinaryPrimitives.WriteUInt64BigEndian(record[8..], packet.Source.Low);
        BinaryPrimitives.WriteUInt16BigEndian(record[16..], sequence);
        record[18] = packet.HopLimit;
        BinaryPrimitives.WriteUInt16BigEndian(record[19..], (ushort)payload.Length);
        _queue.Append(record);
        _queue.Append(payload);
        OnReadable?.Invoke();
    }
}
