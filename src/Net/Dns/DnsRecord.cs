// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>A record of a DNS message (RFC 1035 section 4.1.3). Its name is read separately.</summary>
public struct DnsRecord
{
    /// <summary>The class of the Internet; others are not spoken.</summary>
    public const ushort Internet = 1;

    private const int FixedBytes = 10;

    /// <summary>What it says.</summary>
    public DnsRecordType Type;

    /// <summary>Its class.</summary>
    public ushort Class;

    /// <summary>Seconds that it may be kept. With the highest bit set it is zero (RFC 2181 section 8).</summary>
    public uint TtlSeconds;

    /// <summary>Where in the message its data is.</summary>
    public int DataOffset;

    /// <summary>Bytes of its data.</summary>
    public int DataBytes;

    /// <summary>Where the next record begins.</summary>
    public readonly int NextOffset => DataOffset + DataBytes;

    /// <summary>Reads a record and its name.</summary>
    /// <param name="message">The message.</param>
    /// <param name="offset">Where the record begins.</param>
    /// <param name="name">Where its name is put, at least <see cref="DnsName.LongestBytes"/>.</param>
    /// <param name="nameBytes">Bytes of its name.</param>
    /// <param name="record">The record.</param>
    /// <returns>False if it is not whole.</returns>
    public static bool TryParse(
        ReadOnlySpan<byte> message, int offset, Span<byte> name, out int nameBytes, out DnsRecord record)
    {
        record = default;
        if (!DnsName.TryRead(message, offset, name, out nameBytes, out int next) || message.Length - next < FixedBytes)
        {
            return false;
        }

        ReadOnlySpan<byte> bytes = message[next..];
        record.Type = (DnsRecordType)BinaryPrimitives.ReadUInt16BigEndian(bytes);
        record.Class = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        uint ttl = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        record.TtlSeconds = ttl > int.MaxValue ? 0 : ttl;
        record.DataOffset = next + FixedBytes;
        record.DataBytes = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        return record.NextOffset <= message.Length;
    }
}
