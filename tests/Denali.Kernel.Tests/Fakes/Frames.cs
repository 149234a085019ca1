// SPDX-License-Identifier: MIT
using System;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>Makes frames between VMs, which are named by their index.</summary>
internal static class Frames
{
    internal static readonly SwitchAddressing Addressing = new(new LanOptions());

    /// <summary>No VM has a leased address.</summary>
    internal static readonly DhcpPorts NoDhcp = new(Addressing, () => 0, _ => false);

    /// <summary>UDP over IPv4, with a payload of our choice.</summary>
    internal static byte[] Ipv4(int from, int to, ReadOnlySpan<byte> payload, IpProtocol protocol = IpProtocol.Udp)
    {
        byte[] frame = new byte[EthernetHeader.SizeBytes + Ipv4Header.SizeBytes + payload.Length];
        WriteEthernet(frame, SwitchAddressing.MacOf(from), SwitchAddressing.MacOf(to), EtherType.Ipv4);
        new Ipv4Header
        {
            TotalBytes = Ipv4Header.SizeBytes + payload.Length,
            HopLimit = 64,
            Protocol = protocol,
            Source = Addressing.Ipv4Of(from),
            Destination = Addressing.Ipv4Of(to),
        }.Write(frame.AsSpan(EthernetHeader.SizeBytes));
        payload.CopyTo(frame.AsSpan(EthernetHeader.SizeBytes + Ipv4Header.SizeBytes));
        return frame;
    }

    internal static byte[] Ipv4(int from, int to, int payloadBytes)
    {
        byte[] payload = new byte[payloadBytes];
        new Random(payloadBytes).NextBytes(payload);
        return Ipv4(from, to, payload);
    }

    /// <summary>An IPv6 packet; the addresses may be changed.</summary>
    internal static byte[] Ipv6(
        int from,
        int to,
        ReadOnlySpan<byte> payload,
        IpProtocol next = IpProtocol.Udp,
        IpAddress? source = null,
        IpAddress? destination = null,
        byte hopLimit = 64)
    {
        byte[] frame = new byte[EthernetHeader.SizeBytes + Ipv6Header.SizeBytes + payload.Length];
        WriteEthernet(frame, SwitchAddressing.MacOf(from), SwitchAddressing.MacOf(to), EtherType.Ipv6);
        new Ipv6Header
        {
            PayloadBytes = payload.Length,
            NextHeader = next,
            HopLimit = hopLimit,
            Source = source ?? Addressing.Ipv6Of(from),
            Destination = destination ?? Addressing.Ipv6Of(to),
        }.Write(frame.AsSpan(EthernetHeader.SizeBytes));
        payload.CopyTo(frame.AsSpan(EthernetHeader.SizeBytes + Ipv6Header.SizeBytes));
        return frame;
    }

    internal static byte[] ArpRequest(int from, IpAddress target) => Arp(from, new ArpPacket
    {
        Operation = ArpOperation.Request,
        SenderMac = SwitchAddressing.MacOf(from),
        SenderAddress = Addressing.Ipv4Of(from),
        TargetAddress = target,
    });

    internal static byte[] Arp(int from, in ArpPacket packet)
    {
        byte[] frame = new byte[EthernetHeader.SizeBytes + ArpPacket.SizeBytes];
        WriteEthernet(frame, SwitchAddressing.MacOf(from), MacAddress.Broadcast, EtherType.Arp);
        packet.Write(frame.AsSpan(EthernetHeader.SizeBytes));
        return frame;
    }

    /// <summary>A neighbour solicitation with a good checksum.</summary>
    internal static byte[] Solicitation(
        int from, IpAddress target, IpAddress? source = null, MacAddress? told = null, bool tells = true)
    {
        byte[] message = new byte[NeighborSolicitation.LargestBytes];
        int bytes = new NeighborSolicitation
        {
            Target = target,
            HasSourceLinkAddress = tells,
            SourceLinkAddress = told ?? SwitchAddressing.MacOf(from),
        }.Write(message);
        IpAddress sender = source ?? Addressing.Ipv6Of(from);
        var group = new IpAddress(0xFF02_0000_0000_0000, 0x1_FF00_0000 | (target.Low & 0xFF_FFFF));
        IcmpHeader.WriteChecksum(sender, group, message.AsSpan(0, bytes));
        byte[] frame = Ipv6(from, 0, message.AsSpan(0, bytes), IpProtocol.Icmpv6, sender, group, hopLimit: 255);
        new MacAddress(0x3333_0000_0000UL | (uint)group.Low).Write(frame);
        return frame;
    }

    internal static void WriteEthernet(Span<byte> frame, MacAddress from, MacAddress to, EtherType type) =>
        new EthernetHeader { Source = from, Destination = to, EtherType = type }.Write(frame);
}
