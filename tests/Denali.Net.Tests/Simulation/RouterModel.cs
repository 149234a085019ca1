// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Simulation;

/// <summary>The answer of a router to a packet that is too large for the way on (RFC 1191, RFC 8201).</summary>
internal static class RouterModel
{
    private const byte RouterNumber = 254;

    /// <summary>Whether a packet may not go on whole, and its sender is to be told.</summary>
    public static bool IsTooLarge(ReadOnlySpan<byte> frame, int mtuBytes)
    {
        if (frame.Length <= EthernetHeader.SizeBytes + mtuBytes)
        {
            return false;
        }

        return Ipv4Header.TryParse(frame[EthernetHeader.SizeBytes..], out _)
            || Ipv6Header.TryParse(frame[EthernetHeader.SizeBytes..], out _);
    }

    /// <summary>The ICMP error, or null if the packet is just dropped.</summary>
    public static byte[]? TellTooLarge(ReadOnlySpan<byte> frame, int mtuBytes)
    {
        _ = EthernetHeader.TryParse(frame, out EthernetHeader link);
        ReadOnlySpan<byte> packet = frame[EthernetHeader.SizeBytes..];
        if (Ipv4Header.TryParse(packet, out Ipv4Header ipv4))
        {
            return ipv4.DontFragment ? Tell4(link, ipv4, packet, mtuBytes) : null;
        }

        _ = Ipv6Header.TryParse(packet, out Ipv6Header ipv6);
        return Tell6(link, ipv6, packet, mtuBytes);
    }

    private static byte[] Tell4(EthernetHeader link, in Ipv4Header original, ReadOnlySpan<byte> packet, int mtuBytes)
    {
        const int QuoteBytes = Ipv4Header.SizeBytes + 8;
        const int IcmpAt = EthernetHeader.SizeBytes + Ipv4Header.SizeBytes;
        byte[] reply = new byte[IcmpAt + IcmpHeader.SizeBytes + QuoteBytes];
        WriteLink(reply, link, EtherType.Ipv4);
        IpAddress router = IpAddress.FromIpv4(0x0A00_0000u + RouterNumber);
        new Ipv4Header
        {
            HeaderBytes = Ipv4Header.SizeBytes,
            TotalBytes = reply.Length - EthernetHeader.SizeBytes,
            HopLimit = 64,
            Protocol = IpProtocol.Icmp,
            Source = router,
            Destination = original.Source,
        }.Write(reply.AsSpan(EthernetHeader.SizeBytes));
        packet[..QuoteBytes].CopyTo(reply.AsSpan(IcmpAt + IcmpHeader.SizeBytes));
        new IcmpHeader
        {
            Type = (byte)IcmpType.DestinationUnreachable,
            Code = (byte)IcmpUnreachableCode.FragmentationNeeded,
            Rest = (uint)mtuBytes,
        }.Write(reply.AsSpan(IcmpAt));
        IcmpHeader.WriteChecksum(router, original.Source, reply.AsSpan(IcmpAt));
        return reply;
    }

    private static byte[] Tell6(EthernetHeader link, in Ipv6Header original, ReadOnlySpan<byte> packet, int mtuBytes)
    {
        const int QuoteBytes = 400;
        const int IcmpAt = EthernetHeader.SizeBytes + Ipv6Header.SizeBytes;
        byte[] reply = new byte[IcmpAt + IcmpHeader.SizeBytes + QuoteBytes];
        WriteLink(reply, link, EtherType.Ipv6);
        IpAddress router = new(0xFD00_0000_0000_0000, RouterNumber);
        new Ipv6Header
        {
            PayloadBytes = reply.Length - IcmpAt,
            HopLimit = 64,
            NextHeader = IpProtocol.Icmpv6,
            Source = router,
            Destination = original.Source,
        }.Write(reply.AsSpan(EthernetHeader.SizeBytes));
        packet[..QuoteBytes].CopyTo(reply.AsSpan(IcmpAt + IcmpHeader.SizeBytes));
        new IcmpHeader { Type = (byte)Icmpv6Type.PacketTooBig, Rest = (uint)mtuBytes }.Write(reply.AsSpan(IcmpAt));
        IcmpHeader.WriteChecksum(router, original.Source, reply.AsSpan(IcmpAt));
        return reply;
    }

    private static void WriteLink(Span<byte> frame, EthernetHeader link, EtherType type) =>
        new EthernetHeader { Destination = link.Source, Source = link.Destination, EtherType = type }.Write(frame);
}
