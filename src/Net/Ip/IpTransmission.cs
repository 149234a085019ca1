// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>What a transport asks the IP layer to send.</summary>
public ref struct IpTransmission
{
    /// <summary>Our address.</summary>
    public IpAddress Source;

    /// <summary>The peer's address, of the same family.</summary>
    public IpAddress Destination;

    /// <summary>The transport.</summary>
    public IpProtocol Protocol;

    /// <summary>Time to live or hop limit; 0 for the stack's default.</summary>
    public byte HopLimit;

    /// <summary>Type of service or traffic class.</summary>
    public byte TrafficClass;

    /// <summary>May be cut into fragments if it is larger than the path's MTU. TCP's never are.</summary>
    public bool MayFragment;

    /// <summary>
    /// The peer has acknowledged something since the last packet to it, so the next hop is reachable as well: nobody
    /// need ask (RFC 4861 section 7.3.1).
    /// </summary>
    public bool IsPeerReached;

    /// <summary>See <see cref="OutgoingFrame.IsPayloadStable"/>.</summary>
    public bool IsPayloadStable;

    /// <summary>
    /// Bytes of payload per segment if this is several TCP segments in one, else 0. Only if
    /// <see cref="IIpOutput.IsSegmentationOffloaded"/>.
    /// </summary>
    public ushort SegmentBytes;

    /// <summary>Offset of the checksum in <see cref="Header"/>, or -1 for none. The IP layer sees to it.</summary>
    public int ChecksumOffset;

    /// <summary>Header of the transport, with the checksum field zero. The IP layer writes into it.</summary>
    public Span<byte> Header;

    /// <summary>Payload.</summary>
    public ReadOnlySpan<byte> Payload;

    /// <summary>Rest of the payload, where a circular buffer wraps.</summary>
    public ReadOnlySpan<byte> PayloadTail;
}
