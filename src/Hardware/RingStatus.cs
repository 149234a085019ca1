// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>What a look at a ring's indices found.</summary>
public enum RingStatus
{
    /// <summary>The indices make sense; there may be nothing to do.</summary>
    Ok = 0,

    /// <summary>The indices are further apart than the ring is long: the other side is broken or hostile.</summary>
    Corrupt = 1,
}
