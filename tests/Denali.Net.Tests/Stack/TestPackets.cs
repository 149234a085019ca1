// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tests.Stack;

/// <summary>Frames that no stack of ours would send.</summary>
internal static class TestPackets
{
    /// <summary>What a router answers to a frame that it cannot forward (RFC 1191).</summary>
    public static byte[] FragmentationNeeded(byte[] frame, ushort mtu)
    {
        _ = Ipv4Header.TryParse(frame.AsSpan(14), out Ipv4Header original);
        byte[] reply = new byte[14 + 20 + 8 + 28];
        _ = EthernetHeader.TryParse(frame, out EthernetHeader link);
        new EthernetHeader { Source = link.Destination, Destination = link.Source, EtherType = EtherType.Ipv4 }
            .Write(reply);
        new Ipv4Header
        {
            HeaderBytes = 20,
            TotalBytes = reply.Length - 14,
            HopLimit = 64,
            Protocol = IpProtocol.Icmp,
            Source = TestHost.Ipv4(254),
            Destination = original.Source,
        }.Write(reply.AsSpan(14));
        frame.AsSpan(14, 28).CopyTo(reply.AsSpan(42));
        new IcmpHeader
        {
            Type = (byte)IcmpType.DestinationUnreachable,
            Code = (byte)IcmpUnreachableCode.FragmentationNeeded,
            Rest = mtu,
        }.Write(reply.AsSpan(34));
        IcmpHeader.WriteChecksum(TestHost.Ipv4(254), original.Source, reply.AsSpan(34));
        return reply;
    }
}
