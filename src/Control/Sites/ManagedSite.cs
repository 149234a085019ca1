// SPDX-License-Identifier: MIT
using System;
using System.Threading;

namespace Denali.Control.Sites;

/// <summary>What the manager knows of a site. Only the manager's thread touches it.</summary>
internal sealed class ManagedSite(SiteDefinition definition)
{
    /// <summary>What others see of it.</summary>
    internal OwnSite Site { get; } = new(definition.Name);

    internal SiteDefinition Definition { get; set; } = definition;

    /// <summary>The VM that serves.</summary>
    internal StartedMachine? Current { get; set; }

    /// <summary>The VM that boots.</summary>
    internal StartedMachine? Next { get; set; }

    /// <summary>The newest image, or null if there is none yet.</summary>
    internal string? ImagePath { get; set; }

    /// <summary>What that was made of: not what the site is to be made of now, as long as that cannot be built.
    /// </summary>
    internal SiteDefinition? Built { get; set; }

    /// <summary>What was in the directory when that was made.</summary>
    internal UInt128 Fingerprint { get; set; }

    /// <summary>What was in the directory when it was last looked at.</summary>
    internal UInt128 SeenFingerprint { get; set; }

    /// <summary>What its first VM is to go on from, or null.</summary>
    internal ISiteTemplate? Template { get; set; }

    /// <summary>Whether it is to be kept, once its definition is written down because it serves that; null if it is
    /// written down.</summary>
    internal bool? UnwrittenIsKept { get; set; }

    internal BackOff BackOff { get; } = new();

    /// <summary>Starts a VM when the time has come.</summary>
    internal ITimer? Restart { get; set; }

    /// <summary>What an image is being made of, or null.</summary>
    internal SiteDefinition? Building { get; set; }

    internal bool IsBuilding => Building is not null;

    /// <summary>It has to be built again after the build that is under way.</summary>
    internal bool IsBuildDue { get; set; }

    internal bool IsEnding { get; set; }
}
