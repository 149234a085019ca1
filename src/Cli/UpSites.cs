// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Control;
using Denali.Control.Sites;
using Denali.Control.State;

namespace Denali.Cli;

/// <summary>Which sites <c>denali up</c> serves, and who says so.</summary>
internal sealed class UpSites : IDisposable
{
    private readonly StateFolder? _folder;
    private readonly Catalogue? _catalogue;

    private UpSites(UpOptions options)
    {
        Own = options.Sites;
        File = options.SitesFile is { } path ? SitesFileText.Read(path, TakenBy) : null;
        bool isNothingAsked = File is null && Own.Count == 0 && (options.UniformCount ?? 0) == 0;
        UniformCount = options.UniformCount ?? 0;
        UniformPath = options.UniformDirectory;
        if (options.StatePath is null)
        {
            Demo = isNothingAsked ? DemoSites.All() : [];
            CheckNames([]);
            return;
        }

        _folder = StateFolder.Take(options.StatePath);
        try
        {
            _catalogue = Catalogue.Open(_folder.CataloguePath);
            UniformStore = new UniformStore(_catalogue);
            UniformCount = options.UniformCount ?? UniformStore.Definition?.Count ?? 0;
            UniformPath ??= UniformStore.Definition?.Directory;
            IReadOnlyList<CatalogueRow> rows = _catalogue.Read();
            bool isKept = UniformCount > 0 || rows.Any(row => row.IsKept);
            Demo = isNothingAsked && !isKept ? DemoSites.All() : [];
            HashSet<string> listed = [.. Listed.Select(site => site.Name)];
            CheckNames(rows.Where(row => row.IsKept).Select(row => row.Definition.Name).Except(listed));
            Store = new CatalogueStore(_catalogue, listed);
            Kept = [.. Store.Kept.Where(site => !listed.Contains(site.Name))];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Those of the command line.</summary>
    internal IReadOnlyList<SiteDefinition> Own { get; }

    /// <summary>Those of the sites file, if there is one.</summary>
    internal SitesFileText? File { get; }

    /// <summary>The demo sites, if nothing else is asked for.</summary>
    internal IReadOnlyList<SiteDefinition> Demo { get; } = [];

    /// <summary>Those of the catalogue that nobody else lists.</summary>
    internal IReadOnlyList<SiteDefinition> Kept { get; } = [];

    /// <summary>Where they are written down, or null for nowhere.</summary>
    internal CatalogueStore? Store { get; }

    /// <summary>How many sites that are alike there are to be.</summary>
    internal int UniformCount { get; }

    /// <summary>The directory that they serve.</summary>
    /// <exception cref="UsageException">It is that of a demo site, which is not there.</exception>
    internal string UniformDirectory => UniformPath ?? DemoSites.SmallOne();

    /// <summary>Where they are written down, or null for nowhere.</summary>
    internal UniformStore? UniformStore { get; }

    /// <summary>The VMs of the earlier kernel that sites may go on with.</summary>
    internal IEnumerable<ulong> Machines => (Store?.Machines ?? []).Concat(UniformStore?.Machines ?? []);

    /// <summary>The folder of what is to be there after a restart, or null.</summary>
    internal StateFolder? Folder => _folder;

    // Null for that of a demo site, wherever the command lies.
    private string? UniformPath { get; }

    /// <summary>Those that whoever started the command asks for: it fails if they do.</summary>
    internal IEnumerable<SiteDefinition> Listed => [.. Own, .. File?.Sites ?? [], .. Demo];

    /// <summary>Finds out.</summary>
    /// <exception cref="ControlException">A file cannot be read, or another kernel uses the folder.</exception>
    internal static UpSites Open(UpOptions options) => new(options);

    /// <summary>Tells who has a name that a sites file may not use, or null.</summary>
    /// <param name="name">The name, normalized.</param>
    internal string? TakenBy(string name) =>
        Own.Any(site => site.Name == name) ? "--site"
        : UniformSites.IsName(name, UniformCount) ? $"the {UniformCount} sites of --sites COUNT"
        : null;

    /// <summary>Writes down which sites there are now: the first change to what is kept.</summary>
    /// <param name="isThere">Tells whether a VM of the earlier kernel is there still.</param>
    /// <param name="fingerprint">What is in the directory of the sites that are alike: if that is new, they start anew.
    /// Null if they cannot be served now: then they stay written down as they are.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    internal void TakeOver(Predicate<ulong> isThere, UInt128? fingerprint)
    {
        Store?.ForgetLost(isThere);
        UniformStore?.ForgetLost(isThere);
        if (UniformCount == 0)
        {
            UniformStore?.Set(null);
        }
        else if (fingerprint is { } known)
        {
            UniformStore?.Set(new UniformDefinition(UniformCount, UniformPath, known));
        }
    }

    /// <summary>Gives all to a manager.</summary>
    internal void AddTo(SiteManager manager)
    {
        foreach (SiteDefinition site in Own)
        {
            manager.SetAsync(site, isKept: true).GetAwaiter().GetResult();
        }

        foreach (SiteDefinition site in (SiteDefinition[])[.. File?.Sites ?? [], .. Demo])
        {
            manager.SetAsync(site).GetAwaiter().GetResult();
        }

        foreach (SiteDefinition site in Kept)
        {
            manager.SetAsync(site, isKept: true).GetAwaiter().GetResult();
        }

        manager.RemoveUnneededImages();
    }

    /// <summary>Checks that no site has the name of one of those that are alike: it would hide that one.</summary>
    private void CheckNames(IEnumerable<string> kept)
    {
        if (Listed.Select(site => site.Name).FirstOrDefault(IsUniform) is { } listed)
        {
            throw new UsageException(
                $"the name '{listed}' is taken by the {UniformCount} sites of --sites COUNT: choose another, or ask "
                + "for fewer with --sites (0 for none)");
        }

        if (kept.FirstOrDefault(IsUniform) is { } other)
        {
            throw new UsageException(
                $"the site '{other}' is kept, and would be one of {UniformCount} sites of --sites COUNT too: ask for "
                + "fewer, or destroy it first");
        }

        bool IsUniform(string name) => UniformSites.IsName(name, UniformCount);
    }

    public void Dispose()
    {
        _catalogue?.Dispose();
        _folder?.Dispose();
    }
}
