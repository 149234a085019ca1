// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>
/// A datagram of which all fragments have come. It holds a buffer: give it to <see cref="Reassembler.Release"/>.
/// </summary>
public struct ReassembledDatagram
{
    /// <summary>What the payload begins with: of IPv6 perhaps an extension header.</summary>
    public IpProtocol Protocol;

    /// <summary>Traffic class, with "congestion experienced" if any fragment had it (RFC 3168 section 5.3).</summary>
    public byte TrafficClass;

    /// <summary>Hop limit of the first fragment.</summary>
    public byte HopLimit;

    /// <summary>Bytes of payload.</summary>
    public int LengthBytes;

    internal byte[]? Buffer;

    /// <summary>The payload, until it is released.</summary>
    public readonly ReadOnlySpan<byte> Payload => Buffer.AsSpan(0, LengthBytes);
}
