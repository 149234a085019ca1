// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>The option that tells a hardware address (RFC 4861 section 4.6.1, RFC 2464 section 6).</summary>
internal static class NeighborLinkOption
{
    /// <summary>Bytes on the wire.</summary>
    public const int SizeBytes = 8;

    /// <summary>Finds the option among others.</summary>
    /// <param name="options">The options.</param>
    /// <param name="wanted">Source or target.</param>
    /// <param name="address">The address; unchanged if there is none.</param>
    /// <param name="isPresent">Whether there is one.</param>
    /// <returns>False if the options are malformed.</returns>
    public static bool TryFind(
        ReadOnlySpan<byte> options, NeighborOptionType wanted, ref MacAddress address, ref bool isPresent)
    {
        NeighborOptionReader reader = new(options);
        while (reader.TryRead(out NeighborOptionType type, out ReadOnlySpan<byte> option))
        {
            if (type == wanted && option.Length == SizeBytes)
            {
                address = MacAddress.Read(option[2..]);
                isPresent = true;
            }
        }

        return !reader.IsMalformed;
    }

    /// <summary>Writes the option.</summary>
    /// <param name="bytes">At least <see cref="SizeBytes"/>.</param>
    /// <param name="type">Source or target.</param>
    /// <param name="address">The address.</param>
    public static void Write(Span<byte> bytes, NeighborOptionType type, MacAddress address)
    {
        bytes[0] = (byte)type;
        bytes[1] = 1;
        address.Write(bytes[2..]);
    }
}
