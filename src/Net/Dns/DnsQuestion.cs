// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>Queries with one question (RFC 1035 section 4.1.2).</summary>
public static class DnsQuestion
{
    /// <summary>Longest query.</summary>
    public const int LongestBytes = DnsHeader.SizeBytes + DnsName.LongestBytes + 4 + OptionsBytes;

    /// <summary>
    /// Largest answer in a datagram: what passes everywhere in one piece (RFC 6891; RFC 9715 section 3.1, 1232 bytes).
    /// </summary>
    public const ushort LargestDatagramBytes = 1232;

    private const int OptionsBytes = 11;

    /// <summary>Writes a query.</summary>
    /// <param name="message">At least <see cref="LongestBytes"/>.</param>
    /// <param name="id">Its identifier.</param>
    /// <param name="name">Name in wire form.</param>
    /// <param name="type">What is asked for.</param>
    /// <param name="hasOptions">Allow large answers (RFC 6891 section 6.1.2).</param>
    /// <returns>Bytes of the query.</returns>
    public static int Write(Span<byte> message, ushort id, ReadOnlySpan<byte> name, DnsRecordType type, bool hasOptions)
    {
        new DnsHeader
        {
            Id = id,
            IsStandardQuery = true,
            IsRecursionDesired = true,
            Questions = 1,
            Additionals = (ushort)(hasOptions ? 1 : 0),
        }.Write(message);
        int length = DnsHeader.SizeBytes;
        name.CopyTo(message[length..]);
        length += name.Length;
        BinaryPrimitives.WriteUInt16BigEndian(message[length..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(message[(length + 2)..], DnsRecord.Internet);
        length += 4;
        if (hasOptions)
        {
            Span<byte> options = message.Slice(length, OptionsBytes);
            options.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(options[1..], (ushort)DnsRecordType.Opt);
            BinaryPrimitives.WriteUInt16BigEndian(options[3..], LargestDatagramBytes);
            length += OptionsBytes;
        }

        return length;
    }

    /// <summary>Whether a message repeats the one question that was asked.</summary>
    /// <param name="message">The message.</param>
    /// <param name="header">Its header.</param>
    /// <param name="name">Name that was asked for, in wire form.</param>
    /// <param name="type">Type that was asked for.</param>
    /// <param name="next">Where the records begin.</param>
    /// <returns>Whether it does.</returns>
    public static bool Matches(
        ReadOnlySpan<byte> message, in DnsHeader header, ReadOnlySpan<byte> name, DnsRecordType type, out int next)
    {
        Span<byte> asked = stackalloc byte[DnsName.LongestBytes];
        if (header.Questions != 1
            || !DnsName.TryRead(message, DnsHeader.SizeBytes, asked, out int length, out next)
            || message.Length - next < 4)
        {
            next = 0;
            return false;
        }

        bool isSame = BinaryPrimitives.ReadUInt16BigEndian(message[next..]) == (ushort)type
            && BinaryPrimitives.ReadUInt16BigEndian(message[(next + 2)..]) == DnsRecord.Internet
            && name.SequenceEqual(asked[..length]);
        next += 4;
        return isSame;
    }
}
