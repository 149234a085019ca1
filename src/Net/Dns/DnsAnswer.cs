// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>What a response says about the name that was asked for.</summary>
public struct DnsAnswer
{
    /// <summary>Longest chain of aliases that is followed.</summary>
    public const int MaximumAliases = 8;

    /// <summary>
    /// Most records of a response that are looked at. Nobody needs that many to tell eight addresses.
    /// </summary>
    public const int MaximumRecords = 64;

    /// <summary>The addresses, <see cref="Count"/> of them.</summary>
    public DnsAddressList Addresses;

    /// <summary>How many there are.</summary>
    public int Count;

    /// <summary>How many aliases led to them.</summary>
    public int Aliases;

    /// <summary>
    /// Seconds that this may be kept: the shortest of all records, or what the authority says about what does not exist
    /// (RFC 2308 section 5); 0 if nobody says.
    /// </summary>
    public uint TtlSeconds;

    /// <summary>Reads the records of a response.</summary>
    /// <param name="message">The response, of which <see cref="DnsQuestion.Matches"/> holds.</param>
    /// <param name="header">Its header.</param>
    /// <param name="offset">Where the records begin.</param>
    /// <param name="name">
    /// The name that was asked for, in wire form, with room for any; becomes the one that aliases lead to.
    /// </param>
    /// <param name="nameBytes">Its bytes.</param>
    /// <param name="type">The type that was asked for: A or AAAA.</param>
    /// <param name="answer">What was found.</param>
    /// <returns>False if the response is malformed, or aliases go in a circle.</returns>
    /// <remarks>
    /// Only records of the name and of its aliases count: a server cannot tell about names that nobody asked for.
    /// </remarks>
    public static bool TryRead(
        ReadOnlySpan<byte> message,
        in DnsHeader header,
        int offset,
        Span<byte> name,
        ref int nameBytes,
        DnsRecordType type,
        out DnsAnswer answer)
    {
        answer = default;
        answer.TtlSeconds = uint.MaxValue;
        int records = Math.Min(header.Answers, (ushort)MaximumRecords);
        int next;
        while (true)
        {
            if (!answer.TryPass(message, records, offset, name, ref nameBytes, type, out bool isAlias, out next))
            {
                return false;
            }

            if (!isAlias)
            {
                break;
            }

            if (++answer.Aliases > MaximumAliases)
            {
                return false;
            }
        }

        if (answer.Count == 0 && answer.Aliases == 0)
        {
            // Behind an answer of too many records nobody looked.
            bool isAllRead = header.Answers <= MaximumRecords;
            int authorities = isAllRead ? Math.Min(header.Authorities, (ushort)MaximumRecords) : 0;
            answer.TtlSeconds = NegativeTtl(message, authorities, next);
        }

        return true;
    }

    /// <summary>Looks through the answer for a name's addresses, or for the name that it is an alias of.</summary>
    private bool TryPass(
        ReadOnlySpan<byte> message,
        int records,
        int offset,
        Span<byte> name,
        ref int nameBytes,
        DnsRecordType type,
        out bool isAlias,
        out int next)
    {
        Span<byte> owner = stackalloc byte[DnsName.LongestBytes];
        isAlias = false;
        next = offset;
        for (int index = 0; index < records; index++)
        {
            if (!DnsRecord.TryParse(message, next, owner, out int ownerBytes, out DnsRecord record))
            {
                return false;
            }

            next = record.NextOffset;
            if (record.Class != DnsRecord.Internet || !owner[..ownerBytes].SequenceEqual(name[..nameBytes]))
            {
                continue;
            }

            if (record.Type == DnsRecordType.CName)
            {
                TtlSeconds = Math.Min(TtlSeconds, record.TtlSeconds);
                isAlias = true;
                return DnsName.TryRead(message, record.DataOffset, name, out nameBytes, out int end)
                    && end == record.NextOffset;
            }

            if (record.Type == type && !TryTake(message, record, type))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryTake(ReadOnlySpan<byte> message, in DnsRecord record, DnsRecordType type)
    {
        if (record.DataBytes != (type == DnsRecordType.A ? 4 : 16))
        {
            return false;
        }

        ReadOnlySpan<byte> data = message[record.DataOffset..];
        TtlSeconds = Math.Min(TtlSeconds, record.TtlSeconds);
        if (Count < DnsAddressList.Capacity)
        {
            Addresses[Count++] = type == DnsRecordType.A ? IpAddress.ReadIpv4(data) : IpAddress.ReadIpv6(data);
        }

        return true;
    }

    /// <summary>The lesser of the time of an SOA record and of the last field in it (RFC 2308 section 5).</summary>
    private static uint NegativeTtl(ReadOnlySpan<byte> message, int records, int offset)
    {
        Span<byte> owner = stackalloc byte[DnsName.LongestBytes];
        for (int index = 0; index < records; index++)
        {
            if (!DnsRecord.TryParse(message, offset, owner, out _, out DnsRecord record))
            {
                return 0;
            }

            if (record.Type == DnsRecordType.Soa && record.DataBytes >= 4)
            {
                uint minimum = BinaryPrimitives.ReadUInt32BigEndian(message[(record.NextOffset - 4)..]);
                return Math.Min(record.TtlSeconds, minimum);
            }

            offset = record.NextOffset;
        }

        return 0;
    }
}
