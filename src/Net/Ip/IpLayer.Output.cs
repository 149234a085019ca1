// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <content>Packets out.</content>
public sealed partial class IpLayer
{
    // Link header, IPv6 header, fragment header, and the longest transport header (TCP with all options).
    private const int HeadersMax = EthernetHeader.SizeBytes + Ipv6Header.SizeBytes + Ipv6FragmentHeader.SizeBytes + 60;

    /// <inheritdoc/>
    public IpSendResult Send(scoped ref IpTransmission packet)
    {
        bool isIpv4 = packet.Destination.IsIpv4;
        int ipHeaderBytes = isIpv4 ? Ipv4Header.SizeBytes : Ipv6Header.SizeBytes;
        int payloadBytes = packet.Header.Length + packet.Payload.Length + packet.PayloadTail.Length;
        if (Interface.IsOwn(packet.Destination))
        {
            return SendToSelf(packet, payloadBytes);
        }

        int limit = packet.SegmentBytes != 0 ? LargestOffloadedBytes : PathMtuOf(packet.Destination);
        if (ipHeaderBytes + payloadBytes > limit)
        {
            return packet.MayFragment ? SendFragments(ref packet, payloadBytes, limit) : IpSendResult.TooLarge;
        }

        Span<byte> headers = stackalloc byte[HeadersMax];
        Span<byte> ipHeader = headers.Slice(EthernetHeader.SizeBytes, ipHeaderBytes);
        WriteIpHeader(ipHeader, packet, payloadBytes);
        int transport = EthernetHeader.SizeBytes + ipHeaderBytes;
        scoped var frame = new OutgoingFrame
        {
            Payload = packet.Payload,
            PayloadTail = packet.PayloadTail,
            IsPayloadStable = packet.IsPayloadStable,
        };
        WriteChecksum(ref packet, payloadBytes, Interface.IsChecksumOffloaded);
        packet.Header.CopyTo(headers[transport..]);
        frame.Headers = headers[..(transport + packet.Header.Length)];
        if (packet.ChecksumOffset >= 0 && Interface.IsChecksumOffloaded)
        {
            frame.Offload.IsChecksumPartial = true;
            frame.Offload.ChecksumStart = (ushort)transport;
            frame.Offload.ChecksumOffset = (ushort)packet.ChecksumOffset;
            if (packet.SegmentBytes != 0)
            {
                frame.Offload.SegmentBytes = packet.SegmentBytes;
                frame.Offload.HeaderBytes = (ushort)frame.Headers.Length;
            }
        }

        return SendFrame(headers, frame, packet.Destination, packet.IsPeerReached);
    }

    /// <summary>Writes the link header, when the next hop's hardware address is known, and sends.</summary>
    private IpSendResult SendFrame(
        Span<byte> headers, in OutgoingFrame frame, IpAddress destination, bool isReached = false)
    {
        var link = new EthernetHeader
        {
            Source = Interface.Mac,
            EtherType = destination.IsIpv4 ? EtherType.Ipv4 : EtherType.Ipv6,
        };
        if (destination.IsMulticast || Interface.IsBroadcast(destination))
        {
            link.Destination = IpInterface.GroupMac(destination);
        }
        else
        {
            if (!Interface.TryGetNextHop(destination, out IpAddress nextHop))
            {
                Counters.Unreachable++;
                return IpSendResult.Unreachable;
            }

            MacAddress mac = default;
            bool isMapped = Interface.LinkAddresses is { } map && map.TryMap(nextHop, out mac);
            if (!isMapped && !_neighbors.TryLookup(nextHop, NowNs, out mac, isReached))
            {
                link.Write(headers);
                Counters.Unreachable += _neighbors.TryKeep(nextHop, frame) ? 0u : 1u;
                return IpSendResult.Sent;
            }

            link.Destination = mac;
        }

        link.Write(headers);
        return Transmit(frame) ? IpSendResult.Sent : IpSendResult.LinkFull;
    }

    private bool Transmit(in OutgoingFrame frame)
    {
        if (!_link.TrySend(frame))
        {
            Counters.LinkFull++;
            return false;
        }

        Counters.FramesSent++;
        return true;
    }

    private void WriteIpHeader(Span<byte> bytes, scoped in IpTransmission packet, int payloadBytes)
    {
        byte hopLimit = packet.HopLimit == 0 ? DefaultHopLimit : packet.HopLimit;
        if (packet.Destination.IsIpv4)
        {
            var header = new Ipv4Header
            {
                HeaderBytes = Ipv4Header.SizeBytes,
                TotalBytes = Ipv4Header.SizeBytes + payloadBytes,
                TrafficClass = packet.TrafficClass,
                Identification = packet.MayFragment ? (ushort)_nextIdentification++ : (ushort)0,
                DontFragment = !packet.MayFragment,
                HopLimit = hopLimit,
                Protocol = packet.Protocol,
                Source = packet.Source,
                Destination = packet.Destination,
            };
            header.Write(bytes);
            return;
        }

        var ipv6 = new Ipv6Header
        {
            PayloadBytes = payloadBytes,
            TrafficClass = packet.TrafficClass,
            NextHeader = packet.Protocol,
            HopLimit = hopLimit,
            Source = packet.Source,
            Destination = packet.Destination,
        };
        ipv6.Write(bytes);
    }

    /// <summary>
    /// Puts the transport's checksum into its header: the whole of it, or the pseudo header's part if the link does the
    /// rest.
    /// </summary>
    private static void WriteChecksum(scoped ref IpTransmission packet, int payloadBytes, bool isOffloaded)
    {
        if (packet.ChecksumOffset < 0)
        {
            return;
        }

        // ICMP over IPv4 has no pseudo header.
        uint sum = packet.Protocol == IpProtocol.Icmp
            ? 0
            : InternetChecksum.PseudoHeader(packet.Source, packet.Destination, packet.Protocol, (uint)payloadBytes);
        Span<byte> field = packet.Header[packet.ChecksumOffset..];
        if (isOffloaded)
        {
            BinaryPrimitives.WriteUInt16BigEndian(field, InternetChecksum.Fold(sum));
            return;
        }

        BinaryPrimitives.WriteUInt16BigEndian(field, 0);
        sum = InternetChecksum.Add(sum, packet.Header);
        sum = InternetChecksum.Add(sum, packet.Payload);
        bool isOdd = (packet.Payload.Length & 1) != 0;
        sum = isOdd
            ? InternetChecksum.AddAtOddOffset(sum, packet.PayloadTail)
            : InternetChecksum.Add(sum, packet.PayloadTail);
        ushort checksum = packet.Protocol == IpProtocol.Udp
            ? InternetChecksum.CompleteUdp(sum)
            : InternetChecksum.Complete(sum);
        BinaryPrimitives.WriteUInt16BigEndian(field, checksum);
    }

    private IpSendResult SendToSelf(scoped in IpTransmission packet, int payloadBytes)
    {
        Span<byte> header = stackalloc byte[Ipv6Header.SizeBytes];
        header = header[..(packet.Destination.IsIpv4 ? Ipv4Header.SizeBytes : Ipv6Header.SizeBytes)];
        if (header.Length + payloadBytes > LargestOffloadedBytes)
        {
            return IpSendResult.TooLarge;
        }

        WriteIpHeader(header, packet, payloadBytes);
        return _loopback.TryAdd(header, packet, _buffers) ? IpSendResult.Sent : IpSendResult.LinkFull;
    }
}
