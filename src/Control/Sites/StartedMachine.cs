// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Denali.Control.Sites;

/// <summary>A VM that the manager has started. Only the manager's thread touches it.</summary>
internal sealed class StartedMachine : ISiteMachineObserver
{
    private readonly Action<StartedMachine> _onReady;
    private readonly Action<StartedMachine, string> _onEnded;

    internal StartedMachine(
        ManagedSite owner, Action<StartedMachine> onReady, Action<StartedMachine, string> onEnded)
    {
        Owner = owner;
        _onReady = onReady;
        _onEnded = onEnded;
    }

    internal ManagedSite Owner { get; }

    /// <summary>What it serves: the site may be built of something else meanwhile.</summary>
    internal required SiteDefinition Definition { get; init; }

    /// <summary>What was there when its image was made.</summary>
    internal required UInt128 Fingerprint { get; init; }

    /// <summary>The VM; there once its start has returned.</summary>
    internal SiteMachine Machine { get; set; } = null!;

    /// <summary>Kills it: when its start takes too long, later when it was asked to end and does not.</summary>
    internal ITimer? KillTimer { get; set; }

    /// <summary>When it began to serve.</summary>
    internal long ReadyTimestamp { get; set; }

    /// <summary>It was asked to end.</summary>
    internal bool IsEnding { get; set; }

    void ISiteMachineObserver.OnReady() => _onReady(this);

    void ISiteMachineObserver.OnEnded(string reason) => _onEnded(this, reason);
}
