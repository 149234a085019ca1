// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;

namespace Denali.Guests.Tests;

/// <summary>What a test wants to know of a TCP segment in an IPv4 frame (RFC 791, RFC 9293).</summary>
/// <param name="Source">The sender's address, first byte highest.</param>
/// <param name="SourcePort">The sender's port.</param>
/// <param name="DestinationPort">The receiver's port.</param>
/// <param name="Sequence">The sequence number.</param>
/// <param name="Flags">The control bits.</param>
internal readonly record struct TcpFrame(
    uint Source, ushort SourcePort, ushort DestinationPort, uint Sequence, byte Flags)
{
    internal const byte Syn = 2;
    internal const byte Reset = 4;

    private const int EthernetBytes = 14;
    private const int Ipv4BytesMin = 20;
    private const int TcpBytesMin = 20;
    private const byte Tcp = 6;

    internal bool IsSyn => (Flags & Syn) != 0;

    /// <summary>The segments among frames; the other frames are left out.</summary>
    internal static IEnumerable<TcpFrame> Among(IEnumerable<byte[]> frames) =>
        frames.Select(Parse).OfType<TcpFrame>();

    private static TcpFrame? Parse(byte[] frame)
    {
        if (frame.Length < EthernetBytes + Ipv4BytesMin || frame[12] != 8 || frame[13] != 0
            || frame[EthernetBytes + 9] != Tcp)
        {
            return null;
        }

        int tcp = EthernetBytes + ((frame[EthernetBytes] & 15) * sizeof(uint));
        return frame.Length < tcp + TcpBytesMin
            ? null
            : new TcpFrame(
                BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(EthernetBytes + 12)),
                BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(tcp)),
                BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(tcp + 2)),
                BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(tcp + 4)),
                frame[tcp + 13]);
    }
}
