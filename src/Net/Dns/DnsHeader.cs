// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>The header of a DNS message (RFC 1035 section 4.1.1).</summary>
public struct DnsHeader
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeBytes = 12;

    private const ushort ResponseBit = 0x8000;

    private const ushort OpcodeMask = 0x7800;

    private const ushort TruncatedBit = 0x0200;

    private const ushort RecursionDesiredBit = 0x0100;

    /// <summary>Which query it belongs to.</summary>
    public ushort Id;

    /// <summary>It answers; else it asks.</summary>
    public bool IsResponse;

    /// <summary>It is about a standard query.</summary>
    public bool IsStandardQuery;

    /// <summary>Something was left out, because it does not fit into a datagram.</summary>
    public bool IsTruncated;

    /// <summary>The server is to ask others.</summary>
    public bool IsRecursionDesired;

    /// <summary>How the server got on.</summary>
    public DnsResponseCode ResponseCode;

    /// <summary>Questions that follow.</summary>
    public ushort Questions;

    /// <summary>Records of the answer.</summary>
    public ushort Answers;

    /// <summary>Records that name an authority.</summary>
    public ushort Authorities;

    /// <summary>Records beside it.</summary>
    public ushort Additionals;

    /// <summary>Reads a header.</summary>
    /// <param name="message">The message.</param>
    /// <param name="header">The header.</param>
    /// <returns>False if it is not whole.</returns>
    public static bool TryParse(ReadOnlySpan<byte> message, out DnsHeader header)
    {
        header = default;
        if (message.Length < SizeBytes)
        {
            return false;
        }

        ushort flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        header.Id = BinaryPrimitives.ReadUInt16BigEndian(message);
        header.IsResponse = (flags & ResponseBit) != 0;
        header.IsStandardQuery = (flags & OpcodeMask) == 0;
        header.IsTruncated = (flags & TruncatedBit) != 0;
        header.IsRecursionDesired = (flags & RecursionDesiredBit) != 0;
        header.ResponseCode = (DnsResponseCode)(flags & 0xF);
        header.Questions = BinaryPrimitives.ReadUInt16BigEndian(message[4..]);
        header.Answers = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        header.Authorities = BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        header.Additionals = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        return true;
    }

    /// <summary>Writes the header.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public readonly void Write(Span<byte> bytes)
    {
        int flags = (byte)ResponseCode & 0xF;
        flags |= IsResponse ? ResponseBit : 0;
        flags |= IsStandardQuery ? 0 : 2 << 11;
        flags |= IsTruncated ? TruncatedBit : 0;
        flags |= IsRecursionDesired ? RecursionDesiredBit : 0;
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Id);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], Questions);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], Answers);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[8..], Authorities);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[10..], Additionals);
    }
}
