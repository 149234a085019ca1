// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>The header of an Ethernet frame (RFC 894, RFC 2464).</summary>
public struct EthernetHeader
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeBytes = 14;

    /// <summary>Whom the frame is for.</summary>
    public MacAddress Destination;

    /// <summary>Who sent it.</summary>
    public MacAddress Source;

    /// <summary>What it carries. Below 0x0600 it is a length (IEEE 802.3), which nothing here speaks.</summary>
    public EtherType EtherType;

    /// <summary>Reads a header.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="header">The header.</param>
    /// <returns>False if the frame is too short.</returns>
    public static bool TryParse(ReadOnlySpan<byte> frame, out EthernetHeader header)
    {
        header = default;
        if (frame.Length < SizeBytes)
        {
            return false;
        }

        header.Destination = MacAddress.Read(frame);
        header.Source = MacAddress.Read(frame[MacAddress.SizeOf..]);
        header.EtherType = (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);
        return true;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public readonly void Write(Span<byte> bytes)
    {
        Destination.Write(bytes);
        Source.Write(bytes[MacAddress.SizeOf..]);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[12..], (ushort)EtherType);
    }
}
