// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Denali.Control.Sites;

/// <summary>Settings of a <see cref="SiteManager"/>.</summary>
public sealed class SiteManagerOptions
{
    /// <summary>Folder for the images of the sites' directories.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Whether that folder is this manager's alone: then it removes images that no site needs.</summary>
    public bool OwnsCacheFolder { get; init; }

    /// <summary>Full paths of images of others that lie in that folder too, and are not to be removed.</summary>
    public IReadOnlyCollection<string> OtherImages { get; init; } = [];

    /// <summary>Where sites and their VMs are written down, or null for nowhere.</summary>
    public ISiteStore? Store { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Most connections to a VM.</summary>
    public int ConnectionMax { get; init; } = SiteMachine.ConnectionMax;

    /// <summary>How long a connection to a VM may take to come about: it is on the same machine.</summary>
    public TimeSpan ConnectTimeout { get; init; } = SiteMachine.ConnectTimeout;

    /// <summary>How long a VM may take until it serves; one that takes longer is killed.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a VM that was asked to end may finish what it does; then it is killed.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often directories are looked at for changes, or null for never. The looking takes a fiftieth of a core at
    /// most: with many files it is done less often.
    /// </summary>
    public TimeSpan? WatchInterval { get; init; } = TimeSpan.FromSeconds(1);
}
