// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What became of a fragment.</summary>
public enum ReassemblyStatus
{
    /// <summary>Kept; others are missing. Also for a duplicate.</summary>
    Waiting,

    /// <summary>It was the last that was missing.</summary>
    Complete,

    /// <summary>Dropped, perhaps with its whole datagram: overlap, nonsense, or no memory.</summary>
    Dropped,

    /// <summary>
    /// Dropped because only a last fragment may have a length that is no multiple of eight. For IPv6 a "parameter
    /// problem", code 0, is due that points at the payload length (RFC 8200 section 4.5).
    /// </summary>
    LengthProblem,

    /// <summary>
    /// Dropped because the datagram would be too long. For IPv6 a "parameter problem", code 0, is due that points at
    /// the fragment offset (RFC 8200 section 4.5).
    /// </summary>
    OffsetProblem,
}
