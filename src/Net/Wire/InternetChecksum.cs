// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Denali.Net;

/// <summary>
/// The checksum of IP, ICMP, TCP and UDP (RFC 1071): the ones' complement of the ones' complement sum of 16-bit words
/// in network order.
/// </summary>
/// <remarks>
/// A running sum is a uint that grows by at most 0xFFFF for every call of <c>Add</c>, so up to 65,536 pieces may be
/// added before it is folded. Zero is the sum of nothing.
/// </remarks>
public static class InternetChecksum
{
    /// <summary>
    /// What <see cref="Fold"/> gives for data that includes its own, good checksum (RFC 1071 section 1).
    /// </summary>
    public const ushort Good = 0xFFFF;

    /// <summary>Below this the vector loop costs more than it saves.</summary>
    private const int VectorThresholdBytes = 128;

    /// <summary>Bytes of a <see cref="Vector256{T}"/>.</summary>
    private const int VectorBytes = 32;

    /// <summary>Adds a piece that begins at an even offset of what is summed.</summary>
    /// <param name="sum">The sum of what is before it.</param>
    /// <param name="bytes">
    /// The piece. If its length is odd, it is the last, or the next begins at an odd offset.
    /// </param>
    /// <returns>The sum.</returns>
    public static uint Add(uint sum, ReadOnlySpan<byte> bytes) =>
        sum + BinaryPrimitives.ReverseEndianness(SumNative(bytes));

    /// <summary>
    /// Adds a piece that begins at an odd offset of what is summed: after pieces whose lengths together are odd.
    /// </summary>
    /// <param name="sum">The sum of what is before it.</param>
    /// <param name="bytes">The piece.</param>
    /// <returns>The sum.</returns>
    /// <remarks>Swapping the bytes of every word swaps the bytes of the sum (RFC 1071 section 2 (B)).</remarks>
    public static uint AddAtOddOffset(uint sum, ReadOnlySpan<byte> bytes) => sum + SumNative(bytes);

    /// <summary>Adds a 16-bit word.</summary>
    /// <param name="sum">The sum before it.</param>
    /// <param name="word">The word.</param>
    /// <returns>The sum.</returns>
    public static uint AddWord(uint sum, ushort word) => sum + word;

    /// <summary>
    /// The ones' complement sum in 16 bits, not complemented: what the checksum field of a partial checksum holds, and
    /// what is compared with <see cref="Good"/>.
    /// </summary>
    /// <param name="sum">The sum.</param>
    /// <returns>The folded sum.</returns>
    public static ushort Fold(uint sum)
    {
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)sum;
    }

    /// <summary>The checksum: the complement of the folded sum.</summary>
    /// <param name="sum">The sum of everything, with the checksum field zero.</param>
    /// <returns>What belongs into the checksum field.</returns>
    public static ushort Complete(uint sum) => (ushort)~Fold(sum);

    /// <summary>The checksum of UDP, where zero means that there is none and is sent as 0xFFFF (RFC 768).</summary>
    /// <param name="sum">The sum of everything, with the checksum field zero.</param>
    /// <returns>What belongs into the checksum field.</returns>
    public static ushort CompleteUdp(uint sum)
    {
        ushort checksum = Complete(sum);
        return checksum == 0 ? (ushort)0xFFFF : checksum;
    }

    /// <summary>
    /// The sum of the pseudo header that TCP, UDP and ICMPv6 put before themselves (RFC 9293 section 3.1, RFC 768,
    /// RFC 8200 section 8.1).
    /// </summary>
    /// <param name="source">The source address.</param>
    /// <param name="destination">The destination address, of the same family.</param>
    /// <param name="protocol">The transport.</param>
    /// <param name="lengthBytes">Bytes of the transport's header and payload.</param>
    /// <returns>The sum.</returns>
    public static uint PseudoHeader(IpAddress source, IpAddress destination, IpProtocol protocol, uint lengthBytes)
    {
        uint sum = (uint)protocol + (lengthBytes >> 16) + (lengthBytes & 0xFFFF);
        return source.IsIpv4
            ? AddUInt32(AddUInt32(sum, source.Ipv4Value), destination.Ipv4Value)
            : AddUInt64(AddUInt64(AddUInt64(AddUInt64(
                sum, source.High), source.Low), destination.High), destination.Low);
    }

    /// <summary>The checksum after one 16-bit word of what it covers has changed (RFC 1624, equation 3).</summary>
    /// <param name="checksum">The checksum before.</param>
    /// <param name="oldWord">The word before.</param>
    /// <param name="newWord">The word now.</param>
    /// <returns>The checksum now.</returns>
    public static ushort Update(ushort checksum, ushort oldWord, ushort newWord) =>
        Complete((uint)(ushort)~checksum + (ushort)~oldWord + newWord);

    private static uint AddUInt32(uint sum, uint value) => sum + (value >> 16) + (value & 0xFFFF);

    private static uint AddUInt64(uint sum, ulong value) => AddUInt32(AddUInt32(sum, (uint)(value >> 32)), (uint)value);

    /// <summary>Sums words in the order of the machine, which is little-endian, and folds them to 16 bits.</summary>
    private static ushort SumNative(ReadOnlySpan<byte> bytes)
    {
        ulong sum = bytes.Length >= VectorThresholdBytes ? SumVectors(ref bytes) : 0;
        while (bytes.Length >= 16)
        {
            ulong first = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            ulong second = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
            sum += (first >> 32) + (uint)first + (second >> 32) + (uint)second;
            bytes = bytes[16..];
        }

        while (bytes.Length >= 4)
        {
            sum += BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            bytes = bytes[4..];
        }

        if (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            bytes = bytes[2..];
        }

        if (!bytes.IsEmpty)
        {
            sum += bytes[0];
        }

        sum = (sum & 0xFFFF_FFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + ((sum >> 16) & 0xFFFF) + (sum >> 32);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)((sum & 0xFFFF) + (sum >> 16));
    }

    /// <summary>
    /// Sums whole pairs of vectors and leaves the rest. A lane has 64 bits, so carries cannot get lost.
    /// </summary>
    private static ulong SumVectors(ref ReadOnlySpan<byte> bytes)
    {
        Vector256<ulong> low = Vector256<ulong>.Zero;
        Vector256<ulong> high = Vector256<ulong>.Zero;
        Vector256<ulong> mask = Vector256.Create(0xFFFF_FFFFUL);
        int offset = 0;
        for (; offset <= bytes.Length - (2 * VectorBytes); offset += 2 * VectorBytes)
        {
            // The slice checks the bounds of both loads.
            ReadOnlySpan<byte> pair = bytes.Slice(offset, 2 * VectorBytes);
            Vector256<ulong> first = Vector256.LoadUnsafe(in pair[0]).AsUInt64();
            Vector256<ulong> second = Vector256.LoadUnsafe(in pair[VectorBytes]).AsUInt64();
            low += (first & mask) + (second & mask);
            high += (first >>> 32) + (second >>> 32);
        }

        bytes = bytes[offset..];
        return Vector256.Sum(low + high);
    }
}
