// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Control.Sites;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>What a manager told.</summary>
internal sealed class Events
{
    /// <summary>How long anything may take. Far more than it does: the machine may be busy.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly object _gate = new();
    private readonly List<SiteEvent> _events = [];

    internal void Add(SiteEvent change)
    {
        lock (_gate)
        {
            _events.Add(change);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until so many events of a state were told.</summary>
    /// <returns>The last of them.</returns>
    internal SiteEvent WaitFor(SiteState state, int count = 1)
    {
        lock (_gate)
        {
            while (_events.Count(change => change.State == state) < count)
            {
                string told = string.Join("; ", _events.Select(change => $"{change.State} {change.Message}"));
                Assert.True(Monitor.Wait(_gate, Patience), $"no {state} number {count}, but: {told}");
            }

            return _events.Where(change => change.State == state).ElementAt(count - 1);
        }
    }
}
