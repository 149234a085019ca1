// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>An IEEE 802 hardware address of 48 bits.</summary>
/// <param name="value">First byte on the wire in bits 40-47.</param>
public readonly struct MacAddress(ulong value) : IEquatable<MacAddress>
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeOf = 6;

    private const ulong Mask = 0xFFFF_FFFF_FFFF;

    /// <summary>The address of everybody.</summary>
    public static MacAddress Broadcast => new(Mask);

    /// <summary>First byte on the wire in bits 40-47.</summary>
    public ulong Value { get; } = value & Mask;

    /// <summary>The group bit is set: a multicast or the broadcast address (IEEE 802, clause 8).</summary>
    public bool IsGroup => (Value & 0x0100_0000_0000) != 0;

    /// <summary>Reads an address.</summary>
    /// <param name="bytes">At least six bytes.</param>
    /// <returns>The address.</returns>
    public static MacAddress Read(ReadOnlySpan<byte> bytes) => new(
        ((ulong)bytes[0] << 40) | ((ulong)bytes[1] << 32) | ((ulong)bytes[2] << 24)
        | ((ulong)bytes[3] << 16) | ((ulong)bytes[4] << 8) | bytes[5]);

    /// <summary>Compares.</summary>
    public static bool operator ==(MacAddress left, MacAddress right) => left.Value == right.Value;

    /// <summary>Compares.</summary>
    public static bool operator !=(MacAddress left, MacAddress right) => left.Value != right.Value;

    /// <summary>Writes the address.</summary>
    /// <param name="bytes">At least six bytes.</param>
    public void Write(Span<byte> bytes)
    {
        bytes[0] = (byte)(Value >> 40);
        bytes[1] = (byte)(Value >> 32);
        bytes[2] = (byte)(Value >> 24);
        bytes[3] = (byte)(Value >> 16);
        bytes[4] = (byte)(Value >> 8);
        bytes[5] = (byte)Value;
    }

    /// <inheritdoc/>
    public bool Equals(MacAddress other) => Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MacAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)Value;
}
