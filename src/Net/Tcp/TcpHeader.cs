// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net.Tcp;

/// <summary>The fixed part of a TCP header (RFC 9293 section 3.1).</summary>
public struct TcpHeader
{
    /// <summary>Bytes without options.</summary>
    public const int SizeOf = 20;

    /// <summary>Bytes with as many options as fit: the data offset is four bits of 32-bit words.</summary>
    public const int LargestBytes = 60;

    /// <summary>Offset of the checksum.</summary>
    public const int ChecksumOffset = 16;

    /// <summary>The sender's port.</summary>
    public ushort SourcePort;

    /// <summary>The receiver's port.</summary>
    public ushort DestinationPort;

    /// <summary>Sequence number of the first byte, or of the SYN.</summary>
    public uint Sequence;

    /// <summary>The sequence number that is expected next, if <see cref="TcpFlags.Ack"/> is set.</summary>
    public uint Acknowledgment;

    /// <summary>Bytes of the header with its options: 20 to 60, a multiple of four.</summary>
    public int HeaderBytes;

    /// <summary>Control bits.</summary>
    public TcpFlags Flags;

    /// <summary>The window field as it stands, before scaling (RFC 7323 section 2).</summary>
    public ushort Window;

    /// <summary>The checksum as it stands.</summary>
    public ushort Checksum;

    /// <summary>The urgent pointer.</summary>
    public ushort UrgentPointer;

    /// <summary>Reads a header.</summary>
    /// <param name="segment">A segment: header, options, payload.</param>
    /// <param name="header">What it says.</param>
    /// <returns>False if the segment is shorter than its header, or the data offset is below five words.</returns>
    public static bool TryParse(ReadOnlySpan<byte> segment, out TcpHeader header)
    {
        header = default;
        if (segment.Length < SizeOf)
        {
            return false;
        }

        header.HeaderBytes = (segment[12] >> 4) * 4;
        if (header.HeaderBytes < SizeOf || header.HeaderBytes > segment.Length)
        {
            return false;
        }

        header.SourcePort = BinaryPrimitives.ReadUInt16BigEndian(segment);
        header.DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(segment[2..]);
        header.Sequence = BinaryPrimitives.ReadUInt32BigEndian(segment[4..]);
        header.Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(segment[8..]);
        header.Flags = (TcpFlags)segment[13];
        header.Window = BinaryPrimitives.ReadUInt16BigEndian(segment[14..]);
        header.Checksum = BinaryPrimitives.ReadUInt16BigEndian(segment[ChecksumOffset..]);
        header.UrgentPointer = BinaryPrimitives.ReadUInt16BigEndian(segment[18..]);
        return true;
    }

    /// <summary>Writes the fixed part.</summary>
    /// <param name="destination">At least <see cref="SizeOf"/> bytes.</param>
    public readonly void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, SourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], DestinationPort);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Acknowledgment);
        destination[12] = (byte)(HeaderBytes / 4 << 4);
        destination[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(destination[14..], Window);
        BinaryPrimitives.WriteUInt16BigEndian(destination[ChecksumOffset..], Checksum);
        BinaryPrimitives.WriteUInt16BigEndian(destination[18..], UrgentPointer);
    }
}
