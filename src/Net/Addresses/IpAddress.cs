// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>
/// An IPv4 or IPv6 address. An IPv4 address is kept as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2), so that one type
/// serves both and comparing is comparing 16 bytes. The value of default is :: ("unspecified").
/// </summary>
public readonly struct IpAddress : IEquatable<IpAddress>
{
    private const ulong MappedPrefix = 0xFFFF_0000_0000;

    /// <summary>Makes an IPv6 address.</summary>
    /// <param name="high">Bytes 0-7, the first most significant.</param>
    /// <param name="low">Bytes 8-15.</param>
    public IpAddress(ulong high, ulong low)
    {
        High = high;
        Low = low;
    }

    /// <summary>0.0.0.0.</summary>
    public static IpAddress Ipv4Any => FromIpv4(0);

    /// <summary>255.255.255.255.</summary>
    public static IpAddress Ipv4Broadcast => FromIpv4(0xFFFF_FFFF);

    /// <summary>Bytes 0-7, the first most significant.</summary>
    public ulong High { get; }

    /// <summary>Bytes 8-15.</summary>
    public ulong Low { get; }

    /// <summary>Whether it is an IPv4 address.</summary>
    public bool IsIpv4 => High == 0 && Low >> 32 == MappedPrefix >> 32;

    /// <summary>The IPv4 address, first byte most significant. Only if <see cref="IsIpv4"/>.</summary>
    public uint Ipv4Value => (uint)Low;

    /// <summary>0.0.0.0 or ::.</summary>
    public bool IsAny => High == 0 && (Low == 0 || Low == MappedPrefix);

    /// <summary>A multicast address: 224.0.0.0/4 or ff00::/8.</summary>
    public bool IsMulticast => IsIpv4 ? Ipv4Value >> 28 == 0xE : High >> 56 == 0xFF;

    /// <summary>A loopback address: 127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => IsIpv4 ? Ipv4Value >> 24 == 127 : High == 0 && Low == 1;

    /// <summary>An IPv6 link-local address: fe80::/10.</summary>
    public bool IsLinkLocal => High >> 54 == 0xFE80 >> 6;

    /// <summary>Bytes on the wire: 4 or 16.</summary>
    public int SizeBytes => IsIpv4 ? 4 : 16;

    /// <summary>Makes an IPv4 address.</summary>
    /// <param name="value">First byte most significant.</param>
    /// <returns>The address.</returns>
    public static IpAddress FromIpv4(uint value) => new(0, MappedPrefix | value);

    /// <summary>Reads four bytes in network order.</summary>
    /// <param name="bytes">At least four bytes.</param>
    /// <returns>The address.</returns>
    public static IpAddress ReadIpv4(ReadOnlySpan<byte> bytes) => FromIpv4(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    /// <summary>Reads sixteen bytes in network order.</summary>
    /// <param name="bytes">At least sixteen bytes.</param>
    /// <returns>The address.</returns>
    public static IpAddress ReadIpv6(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    /// <summary>Compares.</summary>
    public static bool operator ==(IpAddress left, IpAddress right) => left.Equals(right);

    /// <summary>Compares.</summary>
    public static bool operator !=(IpAddress left, IpAddress right) => !left.Equals(right);

    /// <summary>Writes the address in network order: four bytes for IPv4, sixteen for IPv6.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    public void Write(Span<byte> bytes)
    {
        if (IsIpv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, Ipv4Value);
            return;
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }

    /// <summary>Whether both are of one family and share a prefix.</summary>
    /// <param name="other">The other address.</param>
    /// <param name="prefixLength">0-32 for IPv4, 0-128 for IPv6.</param>
    /// <returns>Whether they do.</returns>
    public bool IsInPrefix(IpAddress other, int prefixLength)
    {
        if (IsIpv4 != other.IsIpv4)
        {
            return false;
        }

        int bits = IsIpv4 ? prefixLength + 96 : prefixLength;
        ulong high = High ^ other.High;
        ulong low = Low ^ other.Low;
        return bits switch
        {
            <= 0 => true,
            < 64 => high >> (64 - bits) == 0,
            64 => high == 0,
            < 128 => high == 0 && low >> (128 - bits) == 0,
            _ => high == 0 && low == 0,
        };
    }

    /// <inheritdoc/>
    public bool Equals(IpAddress other) => High == other.High && Low == other.Low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is IpAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(High ^ (High >> 32) ^ Low ^ (Low >> 32));
}
