// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What a transport learns of the packet that brought it a segment or datagram.</summary>
public struct IpPacket
{
    /// <summary>Who sent it.</summary>
    public IpAddress Source;

    /// <summary>Whom it is for: one of our addresses, or a multicast or broadcast address.</summary>
    public IpAddress Destination;

    /// <summary>Type of service or traffic class, with the ECN bits lowest.</summary>
    public byte TrafficClass;

    /// <summary>Time to live or hop limit.</summary>
    public byte HopLimit;

    /// <summary>The checksum of the transport need not be looked at.</summary>
    public bool IsChecksumTrusted;

    /// <summary>Bytes of TCP payload per segment, if the packet is several in one; else 0.</summary>
    public ushort SegmentBytes;
}
