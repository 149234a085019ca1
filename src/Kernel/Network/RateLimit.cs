// SPDX-License-Identifier: MIT
using System;
using System.Globalization;

namespace Denali.Kernel.Network;

/// <summary>
/// A token bucket, kept as the time at which it would be full again (ATM Forum's generic cell rate algorithm): one
/// number instead of tokens and the time of the last look.
/// </summary>
internal struct RateLimit
{
    /// <summary>Longest burst, as a time: beyond it the arithmetic might overflow.</summary>
    private const ulong BurstMaxNs = 1UL << 50;

    private const ulong NsPerSecond = 1_000_000_000;

    private ulong _rate;
    private ulong _burstNs;
    private ulong _fullNs;

    /// <summary>Sets a limit.</summary>
    /// <param name="rate">Units per second, 0 for no limit.</param>
    /// <param name="burst">Units at once, 0 for a tenth of a second's.</param>
    /// <param name="what">Names the units in the message.</param>
    /// <exception cref="KernelException">The rate is impossible.</exception>
    internal static RateLimit Create(ulong rate, ulong burst, string what)
    {
        if (rate > NetworkOptions.RateMax)
        {
            throw new KernelException(string.Create(
                CultureInfo.InvariantCulture,
                $"{rate} {what} per second is too high a limit: {NetworkOptions.RateMax} is the highest"));
        }

        if (rate == 0)
        {
            return default;
        }

        UInt128 burstNs = burst == 0 ? NsPerSecond / 10 : (UInt128)burst * NsPerSecond / rate;
        return new RateLimit { _rate = rate, _burstNs = (ulong)UInt128.Min(burstNs, BurstMaxNs) };
    }

    /// <summary>When so many units may pass. A frame larger than the burst passes when the bucket is full.</summary>
    internal readonly ulong ReadyNs(uint units)
    {
        if (_rate == 0)
        {
            return 0;
        }

        ulong costNs = units * NsPerSecond / _rate;
        ulong excess = _burstNs > costNs ? _burstNs - costNs : 0;
        return _fullNs > excess ? _fullNs - excess : 0;
    }

    /// <summary>Takes the units.</summary>
    internal void Take(uint units, ulong nowNs)
    {
        if (_rate != 0)
        {
            _fullNs = Math.Max(_fullNs, nowNs) + (units * NsPerSecond / _rate);
        }
    }
}
