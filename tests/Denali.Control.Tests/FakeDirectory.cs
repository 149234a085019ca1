// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Sites;

namespace Denali.Control.Tests;

/// <summary>Sites as a test wants them.</summary>
internal sealed class FakeDirectory : ISiteDirectory, IDisposable
{
    private readonly List<Site> _sites = [];

    public Site? Find(string host) => _sites.FirstOrDefault(site => site.Name == SiteName.Normalize(host));

    public void Dispose() => _sites.ForEach(site => site.Machine?.Dispose());

    /// <summary>Adds a site that is ready.</summary>
    internal (OwnSite Site, FakeMachine Machine) Add(string name, Func<CancellationToken, ValueTask<Stream>> connect)
    {
        var machine = new FakeMachine { Connect = connect };
        OwnSite site = Add(name, SiteState.Ready, new SiteMachine(machine, 64, TimeSpan.FromSeconds(1), 0));
        return (site, machine);
    }

    internal OwnSite Add(string name, SiteState state, SiteMachine? machine = null)
    {
        var site = new OwnSite(name);
        site.Set(state, machine);
        _sites.Add(site);
        return site;
    }
}
