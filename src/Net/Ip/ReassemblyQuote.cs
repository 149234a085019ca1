// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>Writes the first fragment of a datagram again, for the report that others did not come.</summary>
/// <remarks>Options and extension headers before the fragment header were not kept and are left out.</remarks>
internal static class ReassemblyQuote
{
    public static int Write(ReassemblyEntry entry, Span<byte> quote)
    {
        IpFragment head = entry.Head;
        int headerBytes = head.Source.IsIpv4
            ? Ipv4Header.SizeBytes
            : Ipv6Header.SizeBytes + Ipv6FragmentHeader.SizeBytes;
        if (quote.Length < headerBytes)
        {
            return 0;
        }

        if (head.Source.IsIpv4)
        {
            new Ipv4Header
            {
                TotalBytes = headerBytes + entry.FirstBytes,
                TrafficClass = head.TrafficClass,
                Identification = (ushort)head.Identification,
                MoreFragments = head.MoreFragments,
                HopLimit = head.HopLimit,
                Protocol = head.Protocol,
                Source = head.Source,
                Destination = head.Destination,
            }.Write(quote);
        }
        else
        {
            WriteIpv6(entry, quote);
        }

        int payloadBytes = Math.Min(entry.FirstBytes, quote.Length - headerBytes);
        entry.Buffer.AsSpan(0, payloadBytes).CopyTo(quote[headerBytes..]);
        return headerBytes + payloadBytes;
    }

    private static void WriteIpv6(ReassemblyEntry entry, Span<byte> quote)
    {
        IpFragment head = entry.Head;
        new Ipv6Header
        {
            PayloadBytes = Ipv6FragmentHeader.SizeBytes + entry.FirstBytes,
            TrafficClass = head.TrafficClass,
            NextHeader = IpProtocol.Fragment,
            HopLimit = head.HopLimit,
            Source = head.Source,
            Destination = head.Destination,
        }.Write(quote);
        new Ipv6FragmentHeader
        {
            NextHeader = head.Protocol,
            MoreFragments = head.MoreFragments,
            Identification = head.Identification,
        }.Write(quote[Ipv6Header.SizeBytes..]);
    }
}
