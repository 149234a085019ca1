// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>Walks the options of a neighbour discovery message (RFC 4861 section 4.6).</summary>
/// <param name="options">What follows the message's fixed part.</param>
public ref struct NeighborOptionReader(ReadOnlySpan<byte> options)
{
    private ReadOnlySpan<byte> _rest = options;

    /// <summary>An option had no length or was cut off: the whole message must be ignored.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads the next option.</summary>
    /// <param name="type">Its type. Unknown ones are to be skipped.</param>
    /// <param name="option">The option with its two bytes of type and length; at least eight bytes.</param>
    /// <returns>False at the end.</returns>
    public bool TryRead(out NeighborOptionType type, out ReadOnlySpan<byte> option)
    {
        type = default;
        option = default;
        if (_rest.IsEmpty || IsMalformed)
        {
            return false;
        }

        int length = _rest.Length < 2 ? 0 : _rest[1] * 8;
        if (length == 0 || length > _rest.Length)
        {
            IsMalformed = true;
            return false;
        }

        type = (NeighborOptionType)_rest[0];
        option = _rest[..length];
        _rest = _rest[length..];
        return true;
    }
}
