// SPDX-License-Identifier: MIT
using System;
using Denali.Net;
using Denali.Net.Tcp;

namespace Denali.Kernel.Network;

/// <summary>
/// Tells frames that carry a TCP acknowledgment and nothing else. Hardly anybody waits for one: mostly the next request
/// follows it at once.
/// </summary>
internal static class BareAcknowledgment
{
    // Without extension headers of IPv6, which hardly anybody sends.
    private const int BytesMax = EthernetHeader.SizeBytes + Ipv6Header.SizeBytes + TcpHeader.LargestBytes;

    /// <summary>Whether a frame is one.</summary>
    /// <param name="frame">The frame, as it came: it may be anything.</param>
    internal static bool Is(ReadOnlySpan<byte> frame)
    {
        if (frame.Length > BytesMax || !EthernetHeader.TryParse(frame, out EthernetHeader ethernet))
        {
            return false;
        }

        ReadOnlySpan<byte> packet = frame[EthernetHeader.SizeBytes..];
        ReadOnlySpan<byte> segment = ethernet.EtherType switch
        {
            EtherType.Ipv4 when Ipv4Header.TryParse(packet, out Ipv4Header ip)
                && ip is { Protocol: IpProtocol.Tcp, IsFragment: false } =>
                packet[ip.HeaderBytes..ip.TotalBytes],
            EtherType.Ipv6 when Ipv6Header.TryParse(packet, out Ipv6Header ip) && ip.NextHeader == IpProtocol.Tcp =>
                packet.Slice(Ipv6Header.SizeBytes, ip.PayloadBytes),
            _ => default,
        };
        return TcpHeader.TryParse(segment, out TcpHeader tcp)
            && tcp.HeaderBytes == segment.Length
            && tcp.Flags == TcpFlags.Ack;
    }
}
