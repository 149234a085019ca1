// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <content>Fragments, both ways.</content>
public sealed partial class IpLayer
{
    /// <summary>Cuts a datagram: RFC 791 section 3.2, RFC 8200 section 4.5.</summary>
    private IpSendResult SendFragments(scoped ref IpTransmission packet, int payloadBytes, int mtuBytes)
    {
        bool isIpv4 = packet.Destination.IsIpv4;
        int size = BufferAllocator.SmallestBytes;
        while (size < payloadBytes)
        {
            size *= 2;
        }

        byte[]? whole = payloadBytes > ushort.MaxValue ? null : _buffers.Rent(size);
        if (whole is null)
        {
            return IpSendResult.LinkFull;
        }

        // A fragment has no transport header of its own, so nobody can complete a checksum later.
        WriteChecksum(ref packet, payloadBytes, isOffloaded: false);
        packet.Header.CopyTo(whole);
        packet.Payload.CopyTo(whole.AsSpan(packet.Header.Length));
        packet.PayloadTail.CopyTo(whole.AsSpan(packet.Header.Length + packet.Payload.Length));

        int headerBytes = isIpv4 ? Ipv4Header.SizeBytes : Ipv6Header.SizeBytes + Ipv6FragmentHeader.SizeBytes;
        int pieceBytes = (mtuBytes - headerBytes) & ~7;
        uint identification = _nextIdentification++;
        IpSendResult result = IpSendResult.Sent;
        Span<byte> headers = stackalloc byte[HeadersMax];
        for (int offset = 0; offset < payloadBytes && result == IpSendResult.Sent; offset += pieceBytes)
        {
            int length = Math.Min(pieceBytes, payloadBytes - offset);
            bool hasMore = offset + length < payloadBytes;
            Span<byte> header = headers[EthernetHeader.SizeBytes..];
            if (isIpv4)
            {
                WriteIpv4Fragment(header, packet, length, offset, hasMore, (ushort)identification);
            }
            else
            {
                WriteIpv6Fragment(header, packet, length, offset, hasMore, identification);
            }

            var frame = new OutgoingFrame
            {
                Headers = headers[..(EthernetHeader.SizeBytes + headerBytes)],
                Payload = whole.AsSpan(offset, length),
            };
            result = SendFrame(headers, frame, packet.Destination);
        }

        _buffers.Return(whole);
        return result;
    }

    private static void WriteIpv4Fragment(
        Span<byte> bytes, scoped in IpTransmission packet, int length, int offset, bool hasMore, ushort identification)
    {
        var header = new Ipv4Header
        {
            HeaderBytes = Ipv4Header.SizeBytes,
            TotalBytes = Ipv4Header.SizeBytes + length,
            TrafficClass = packet.TrafficClass,
            Identification = identification,
            MoreFragments = hasMore,
            FragmentOffsetBytes = offset,
            HopLimit = packet.HopLimit == 0 ? DefaultHopLimit : packet.HopLimit,
            Protocol = packet.Protocol,
            Source = packet.Source,
            Destination = packet.Destination,
        };
        header.Write(bytes);
    }

    private static void WriteIpv6Fragment(
        Span<byte> bytes, scoped in IpTransmission packet, int length, int offset, bool hasMore, uint identification)
    {
        var header = new Ipv6Header
        {
            PayloadBytes = Ipv6FragmentHeader.SizeBytes + length,
            TrafficClass = packet.TrafficClass,
            NextHeader = IpProtocol.Fragment,
            HopLimit = packet.HopLimit == 0 ? DefaultHopLimit : packet.HopLimit,
            Source = packet.Source,
            Destination = packet.Destination,
        };
        header.Write(bytes);
        var fragment = new Ipv6FragmentHeader
        {
            NextHeader = packet.Protocol,
            OffsetBytes = offset,
            MoreFragments = hasMore,
            Identification = identification,
        };
        fragment.Write(bytes[Ipv6Header.SizeBytes..]);
    }
}
