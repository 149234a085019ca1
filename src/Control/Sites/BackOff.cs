// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control.Sites;

/// <summary>How long to wait before something that failed is tried again: twice as long each time.</summary>
internal sealed class BackOff
{
    /// <summary>The first wait: short, because a fault may come once in a long time.</summary>
    internal static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait: somebody who mends a site should not wait long for it.</summary>
    internal static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>What ran so long was well: the next wait is the first again.</summary>
    internal static readonly TimeSpan Stable = TimeSpan.FromSeconds(30);

    private TimeSpan _next = First;

    /// <summary>How often it failed without having run well.</summary>
    internal int Failures { get; private set; }

    /// <summary>It failed.</summary>
    /// <param name="uptime">How long it had been ready.</param>
    /// <returns>How long to wait.</returns>
    internal TimeSpan Fail(TimeSpan uptime)
    {
        if (uptime >= Stable)
        {
            _next = First;
            Failures = 0;
        }

        TimeSpan wait = _next;
        _next = wait * 2 < Longest ? wait * 2 : Longest;
        Failures++;
        return wait;
    }
}
