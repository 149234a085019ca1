// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>Lets so many things happen per second, and a burst of them at once.</summary>
/// <remarks>A mutable structure: keep it in a field.</remarks>
/// <param name="perSecond">How many per second, 1 to 1,000,000.</param>
/// <param name="burst">How many at once.</param>
internal struct TokenBucket(uint perSecond, uint burst)
{
    private const ulong NsPerSecond = 1_000_000_000;

    private readonly ulong _nsPerToken = NsPerSecond / perSecond;
    private readonly ulong _burstNs = NsPerSecond / perSecond * burst;

    // When the bucket would be empty if it drained at its rate: the virtual scheduling form of a token bucket.
    private ulong _emptyNs;

    /// <summary>Takes a token.</summary>
    /// <param name="nowNs">The time.</param>
    /// <returns>False if there is none.</returns>
    internal bool TryTake(ulong nowNs)
    {
        ulong start = Math.Max(_emptyNs, nowNs);
        if (start - nowNs + _nsPerToken > _burstNs)
        {
            return false;
        }

        _emptyNs = start + _nsPerToken;
        return true;
    }
}
