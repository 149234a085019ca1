// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>A UDP socket (RFC 768): a local endpoint, perhaps a peer, and a bounded queue of received
/// datagrams.</summary>
/// <remarks>A datagram that finds the queue full is dropped and counted. An empty queue holds no memory.</remarks>
public sealed class UdpSocket
{
    /// <summary>Bytes that datagrams may take in the queue, unless the owner says otherwise.</summary>
    public const int DefaultReceiveBytes = 256 * 1024;

    // Source address and port, destination address, length: in front of each datagram in the queue.
    private const int RecordBytes = 16 + 2 + 16 + 2;

    private readonly UdpLayer _layer;
    private ByteRing _queue;

    internal UdpSocket(UdpLayer layer)
    {
        _layer = layer;
    }

    /// <summary>Our endpoint. The address is the unspecified one of a family if any address will do.</summary>
    public IpEndpoint Local { get; internal set; }

    /// <summary>The peer, if <see cref="IsConnected"/>.</summary>
    public IpEndpoint Remote { get; private set; }

    /// <summary>Only one peer's datagrams are received.</summary>
    public bool IsConnected { get; private set; }

    /// <summary>An IPv6 socket for any address takes IPv4 datagrams too.</summary>
    public bool IsDualStack { get; set; }

    /// <summary>Other sockets may share the endpoint, if they say so too. The latest gets the datagrams.</summary>
    public bool IsAddressShared { get; set; }

    /// <summary>Whoever is told of datagrams.</summary>
    public IUdpEvents? Events { get; set; }

    /// <summary>Bytes that datagrams may take in the queue, with 36 bytes for each.</summary>
    public int ReceiveBytesMax { get; set; } = DefaultReceiveBytes;

    /// <summary>Time to live of what is sent; 0 for the stack's default.</summary>
    public byte HopLimit { get; set; }

    /// <summary>Traffic class of what is sent.</summary>
    public byte TrafficClass { get; set; }

    /// <summary>Whether a datagram waits.</summary>
    public bool IsReadable => _queue.Count > 0 || Error != NetError.None;

    /// <summary>Datagrams that found the queue full.</summary>
    public ulong DroppedCount { get; private set; }

    /// <summary>What an ICMP message said of an earlier datagram (RFC 1122 section 4.1.3.3).</summary>
    public NetError Error { get; private set; }

    /// <summary>Bytes of memory that the queue holds.</summary>
    public int HeldBytes => _queue.HeldBytes;

    internal UdpSocket? NextInBucket { get; set; }

    /// <summary>Takes the error that waits.</summary>
    /// <returns>It, or none.</returns>
    public NetError TakeError()
    {
        NetError error = Error;
        Error = NetError.None;
        return error;
    }

    /// <summary>Sets the peer: only its datagrams are received from now on, and only its errors.</summary>
    /// <param name="remote">The peer.</param>
    /// <returns>None, or why not.</returns>
    public NetError Connect(IpEndpoint remote)
    {
        NetError error = _layer.FixSource(this, remote.Address);
        if (error == NetError.None)
        {
            Remote = remote;
            IsConnected = true;
        }

        return error;
    }

    /// <summary>Forgets the peer.</summary>
    public void Disconnect() => IsConnected = false;

    /// <summary>Sends a datagram.</summary>
    /// <param name="payload">Up to 65507 bytes over IPv4, 65527 over IPv6.</param>
    /// <param name="remote">Where to.</param>
    /// <returns>None if it was sent, or waits for the neighbour's address.</returns>
    public NetError Send(ReadOnlySpan<byte> payload, IpEndpoint remote) => _layer.Send(this, payload, remote);

    /// <summary>Takes the oldest datagram.</summary>
    /// <param name="payload">Where to; what does not fit is lost.</param>
    /// <param name="isPeek">Leave it in the queue.</param>
    /// <param name="datagram">What is known of it.</param>
    /// <returns>False if there is none.</returns>
    public bool TryReceive(Span<byte> payload, bool isPeek, out UdpDatagram datagram)
    {
        datagram = default;
        if (_queue.Count == 0)
        {
            return false;
        }

        Span<byte> record = stackalloc byte[RecordBytes];
        _queue.CopyOut(0, record);
        datagram.Source = new IpEndpoint(
            IpAddress.ReadIpv6(record), BinaryPrimitives.ReadUInt16BigEndian(record[16..]));
        datagram.Destination = IpAddress.ReadIpv6(record[18..]);
        datagram.LengthBytes = BinaryPrimitives.ReadUInt16BigEndian(record[34..]);
        _queue.CopyOut(RecordBytes, payload[..Math.Min(payload.Length, datagram.LengthBytes)]);
        if (!isPeek)
        {
            _queue.Skip(RecordBytes + datagram.LengthBytes, _layer.Buffers);
        }

        return true;
    }

    /// <summary>Closes the socket; what waits is forgotten.</summary>
    public void Close()
    {
        _queue.Clear(_layer.Buffers);
        _layer.Remove(this);
    }

    internal void Enqueue(in IpPacket packet, ushort sourcePort, ReadOnlySpan<byte> payload)
    {
        int bytes = RecordBytes + payload.Length;
        bool wasReadable = IsReadable;
        if (_queue.Count + bytes > ReceiveBytesMax || !_queue.TryReserve(bytes, _layer.Buffers))
        {
            DroppedCount++;
            return;
        }

        Span<byte> record = stackalloc byte[RecordBytes];
        WriteAddress(record, packet.Source);
        BinaryPrimitives.WriteUInt16BigEndian(record[16..], sourcePort);
        WriteAddress(record[18..], packet.Destination);
        BinaryPrimitives.WriteUInt16BigEndian(record[34..], (ushort)payload.Length);
        _queue.Append(record);
        _queue.Append(payload);
        if (!wasReadable)
        {
            Events?.OnReadable(this);
        }
    }

    internal void SetError(NetError error)
    {
        Error = error;
        Events?.OnReadable(this);
    }

    // Both families as sixteen bytes.
    private static void WriteAddress(Span<byte> bytes, IpAddress address)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes, address.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], address.Low);
    }
}
