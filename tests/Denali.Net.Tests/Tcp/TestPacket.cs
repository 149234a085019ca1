// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Tcp;

/// <summary>A packet that a stack sent, or that is to be given to one.</summary>
internal sealed class TestPacket
{
    public required IpAddress Source { get; init; }

    public required IpAddress Destination { get; init; }

    public required byte[] Segment { get; set; }

    public ushort SegmentBytes { get; init; }

    public ulong SentNs { get; init; }

    public bool IsTrusted { get; init; }

    /// <summary>Whether the layer said that what it sends arrives.</summary>
    public bool IsPeerReached { get; init; }

    public TcpHeader Header => TcpHeader.TryParse(Segment, out TcpHeader header)
        ? header
        : throw new InvalidOperationException("not a TCP segment");

    public TcpOptions Options => TcpOptions.Parse(Segment.AsSpan(TcpHeader.SizeOf..Header.HeaderBytes));

    public ReadOnlySpan<byte> Payload => Segment.AsSpan(Header.HeaderBytes);

    public TcpFlags Flags => Header.Flags;

    /// <summary>The flags in letters, sequence number, payload length and acknowledgment, as tcpdump shows
    /// them.</summary>
    public override string ToString()
    {
        TcpHeader header = Header;
        return $"{header.Flags} {header.Sequence}({Payload.Length}) ack {header.Acknowledgment} win {header.Window}";
    }

    /// <summary>Writes a good checksum.</summary>
    public TestPacket Sealed()
    {
        Segment.AsSpan(TcpHeader.ChecksumOffset, 2).Clear();
        uint sum = InternetChecksum.PseudoHeader(Source, Destination, IpProtocol.Tcp, (uint)Segment.Length);
        ushort checksum = InternetChecksum.Complete(InternetChecksum.Add(sum, Segment));
        BinaryPrimitives.WriteUInt16BigEndian(Segment.AsSpan(TcpHeader.ChecksumOffset), checksum);
        return this;
    }
}
