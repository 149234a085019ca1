// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>Numbers as text.</summary>
public static class NumberText
{
    /// <summary>Reads a decimal number.</summary>
    /// <param name="text">Digits only.</param>
    /// <param name="value">The number.</param>
    /// <returns>Whether the text is one that fits.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        for (int i = 0; i < text.Length; i++)
        {
            uint digit = (uint)text[i] - '0';
            if (digit > 9 || value > (ulong.MaxValue - digit) / 10)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        return !text.IsEmpty;
    }

    /// <summary>Reads a port number.</summary>
    /// <param name="text">Digits only.</param>
    /// <param name="port">1 to 65535.</param>
    /// <returns>Whether the text is one.</returns>
    public static bool TryParsePort(ReadOnlySpan<byte> text, out ushort port)
    {
        bool isGood = TryParse(text, out ulong value) && value is > 0 and <= ushort.MaxValue;
        port = isGood ? (ushort)value : (ushort)0;
        return isGood;
    }
}
