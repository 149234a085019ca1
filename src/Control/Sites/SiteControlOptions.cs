// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control.Sites;

/// <summary>Settings of a <see cref="SiteControl"/>.</summary>
public sealed class SiteControlOptions
{
    /// <summary>Tells where visitors find a site, by its name.</summary>
    public Func<string, string> UrlOf { get; init; } = SiteName.HostOf;

    /// <summary>How long visitors' requests take.</summary>
    public LatencyWindow Requests { get; init; } = new(TimeProvider.System);

    /// <summary>How many sites that are alike have their names, whether they are served now or not.</summary>
    public int UniformCount { get; init; }

    /// <summary>The clock; that of the <see cref="SiteManager"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
