// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Conformance;

/// <summary>The two hosts of a script, and the headers between them.</summary>
internal sealed class ScriptAddresses(bool isIpv6)
{
    public static readonly MacAddress HostMac = new(0x0200_0000_0001);
    public static readonly MacAddress PeerMac = new(0x0200_0000_0002);

    public IpAddress Host { get; } =
        isIpv6 ? new IpAddress(0xFD00_0000_0000_0000, 1) : IpAddress.FromIpv4(0x0A00_0001);

    public IpAddress Peer { get; } =
        isIpv6 ? new IpAddress(0xFD00_0000_0000_0000, 2) : IpAddress.FromIpv4(0x0A00_0002);

    public bool IsIpv6 { get; } = isIpv6;

    /// <summary>Bytes in front of the transport.</summary>
    public int HeaderBytes { get; } = EthernetHeader.SizeBytes + (isIpv6 ? Ipv6Header.SizeBytes : Ipv4Header.SizeBytes);

    /// <summary>Writes link and network headers of a frame of the peer.</summary>
    public void WriteHeaders(Span<byte> frame, IpProtocol protocol)
    {
        new EthernetHeader
        {
            Destination = HostMac,
            Source = PeerMac,
            EtherType = IsIpv6 ? EtherType.Ipv6 : EtherType.Ipv4,
        }.Write(frame);
        WriteNetwork(frame[EthernetHeader.SizeBytes..], frame.Length - HeaderBytes, protocol, Peer, Host);
    }

    /// <summary>Writes a network header.</summary>
    public void WriteNetwork(Span<byte> packet, int payloadBytes, IpProtocol protocol, IpAddress from, IpAddress to)
    {
        if (IsIpv6)
        {
            new Ipv6Header
            {
                PayloadBytes = payloadBytes,
                NextHeader = protocol,
                HopLimit = 64,
                Source = from,
                Destination = to,
            }.Write(packet);
            return;
        }

        new Ipv4Header
        {
            HeaderBytes = Ipv4Header.SizeBytes,
            TotalBytes = Ipv4Header.SizeBytes + payloadBytes,
            DontFragment = true,
            HopLimit = 64,
            Protocol = protocol,
            Source = from,
            Destination = to,
        }.Write(packet);
    }
}
