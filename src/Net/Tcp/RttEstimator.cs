// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>Round-trip time and retransmission timeout (RFC 6298). Times are nanoseconds.</summary>
internal struct RttEstimator
{
    // How long a minimum counts: a path may get longer, and RACK's reordering window is a part of the minimum.
    private const ulong MinimumLifetimeNs = 300_000_000_000;

    private ulong _minimumSinceNs;

    /// <summary>SRTT; 0 before the first sample.</summary>
    public ulong SmoothedNs { get; private set; }

    /// <summary>RTTVAR.</summary>
    public ulong VariationNs { get; private set; }

    /// <summary>The smallest sample of late; 0 before the first.</summary>
    public ulong MinimumNs { get; private set; }

    /// <summary>Takes a sample.</summary>
    /// <param name="sampleNs">The time from a segment to its acknowledgment.</param>
    /// <param name="nowNs">The time.</param>
    public void Add(ulong sampleNs, ulong nowNs)
    {
        sampleNs = Math.Max(sampleNs, 1);
        if (SmoothedNs == 0)
        {
            SmoothedNs = sampleNs;
            VariationNs = sampleNs / 2;
        }
        else
        {
            ulong difference = sampleNs > SmoothedNs ? sampleNs - SmoothedNs : SmoothedNs - sampleNs;
            VariationNs = VariationNs - (VariationNs / 4) + (difference / 4);
            SmoothedNs = Math.Max(SmoothedNs - (SmoothedNs / 8) + (sampleNs / 8), 1);
        }

        NoteMinimum(sampleNs, nowNs);
    }

    /// <summary>Takes a sample that only counts as the smallest.</summary>
    public void NoteMinimum(ulong sampleNs, ulong nowNs)
    {
        if (MinimumNs == 0 || sampleNs <= MinimumNs || nowNs - _minimumSinceNs > MinimumLifetimeNs)
        {
            MinimumNs = Math.Max(sampleNs, 1);
            _minimumSinceNs = nowNs;
        }
    }

    /// <summary>The retransmission timeout.</summary>
    /// <param name="settings">Its bounds.</param>
    /// <param name="backoff">How often it was doubled (RFC 6298 section 5.5).</param>
    public readonly ulong TimeoutNs(TcpSettings settings, int backoff)
    {
        ulong timeout = SmoothedNs == 0
            ? settings.RtoInitialNs
            : Math.Max(SmoothedNs + (4 * VariationNs), settings.RtoMinNs);
        for (int i = 0; i < backoff && timeout < settings.RtoMaxNs; i++)
        {
            timeout *= 2;
        }

        return Math.Min(timeout, settings.RtoMaxNs);
    }
}
