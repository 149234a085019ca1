// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;

namespace Denali.Control.Sites;

/// <summary>
/// The commands on sites and their VMs, whoever gives them: what is there, and create, clone, park, wake, kill,
/// destroy.
/// </summary>
/// <remarks>Any thread. Every refusal is a <see cref="ControlException"/> with one line for people.</remarks>
public sealed class SiteControl
{
    /// <summary>Most sites in a part of the list: what is looked at in one go stays far below a millisecond's
    /// multiple that others would feel.</summary>
    public const int PageMax = 4096;

    // Where the sites that are alike begin in the list. No name has it.
    private const char UniformMark = '#';

    // Sites that are looked at for a part of the list.
    private const int LookMax = 1 << 16;

    private readonly SiteManager _manager;
    private readonly UniformSites? _uniform;
    private readonly IMachineControl _machines;
    private readonly SiteControlOptions _options;
    private readonly SiteRows _rows;
    private readonly long _start;

    /// <summary>Commands sites.</summary>
    /// <param name="manager">Those that have a directory each.</param>
    /// <param name="uniform">Those that are alike, or null for none.</param>
    /// <param name="machines">The VMs.</param>
    /// <param name="options">Settings.</param>
    public SiteControl(
        SiteManager manager, UniformSites? uniform, IMachineControl machines, SiteControlOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _manager = manager;
        _uniform = uniform;
        _machines = machines;
        _options = options;
        _rows = new SiteRows(machines, options);
        _start = options.Time.GetTimestamp();
    }

    /// <summary>Tells a part of the list of sites.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="cursor">Where it begins: nothing, or what the part before said.</param>
    /// <param name="limit">Most sites, up to <see cref="PageMax"/>.</param>
    /// <returns>The part.</returns>
    public SitePage List(SiteFilter filter, string cursor, int limit)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(cursor);
        int most = Math.Clamp(limit, 1, PageMax);
        List<SiteRow> rows = [];
        int index = 0;
        if (!cursor.StartsWith(UniformMark))
        {
            foreach (Site site in _manager.SitesAfter(cursor))
            {
                if (rows.Count == most)
                {
                    return new SitePage(rows, rows[^1].Name);
                }

                AddIf(filter, site, rows);
            }
        }
        else if (!int.TryParse(cursor.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            throw new ControlException($"'{cursor}' is not where a part of the list begins");
        }

        return ListUniform(filter, index, most, rows);
    }

    /// <summary>Tells all about a site.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>All that is known.</returns>
    public SiteDetail Inspect(string name) => _rows.Describe(Find(name));

    /// <summary>Makes a site, and waits until it serves.</summary>
    /// <param name="site">What it is to be.</param>
    /// <param name="cancellation">Waits no longer; the site stays.</param>
    /// <returns>How it is then.</returns>
    public async Task<SiteDetail> CreateAsync(NewSite site, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(site);
        if ((site.Directory ?? site.Image) is not { Length: > 0 } source || !Path.IsPathFullyQualified(source)
            || (site.Directory is not null && site.Image is not null))
        {
            throw new ControlException(
                "a site needs the full path of a directory or of a disk image: name one with --dir or --image");
        }

        SiteDefinition definition = site.Image is null
            ? SiteDefinition.Create(site.Name, source, "/")
            : SiteDefinition.CreateOfImage(site.Name, source, "/");
        return await AddAsync(definition, cancellation).ConfigureAwait(false);
    }

    /// <summary>Makes a site that serves what another does, from a VM that goes on from where the other's is.</summary>
    /// <param name="name">The other.</param>
    /// <param name="newName">Its name.</param>
    /// <param name="cancellation">Waits no longer; the site stays.</param>
    /// <returns>How it is then.</returns>
    public async Task<SiteDetail> CloneAsync(string name, string newName, CancellationToken cancellation)
    {
        Site source = Find(name);
        SiteDefinition definition = source.Definition is { } of
            ? of with { Name = SiteDefinition.CheckName(newName), Group = null }
            : SiteDefinition.Create(newName, source.Directory ?? "", "/");
        CheckFree(definition.Name);
        ISiteTemplate template = await _manager.CaptureAsync(source).ConfigureAwait(false);
        return await SettleAsync(
            definition.Name,
            await _manager.AddCloneAsync(definition, template).ConfigureAwait(false),
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes a site's slot away from its VM.</summary>
    /// <param name="name">The site.</param>
    public Task ParkAsync(string name) => MoveAsync(name, _machines.ParkAsync, "parked");

    /// <summary>Takes a site's slot away from its VM, and writes what is kept of it into the swap file.</summary>
    /// <param name="name">The site.</param>
    public Task SwapOutAsync(string name) => MoveAsync(name, _machines.SwapOutAsync, "swapped out");

    /// <summary>Gives a site's VM a slot and lets it run once.</summary>
    /// <param name="name">The site.</param>
    public void Wake(string name) => _machines.Wake(MachineOf(Find(name)).Id);

    /// <summary>Ends a site's VM at once. The site starts another, as after a fault.</summary>
    /// <param name="name">The site.</param>
    public void Kill(string name) => _machines.Kill(MachineOf(Find(name)).Id);

    /// <summary>Tells which pages a site's VM has of its own, and what they are. The VM stays as it is.</summary>
    /// <param name="name">The site.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The pages.</returns>
    public Task<PageList> ExplainPagesAsync(string name, CancellationToken cancellation) =>
        _machines.ExplainPagesAsync(MachineOf(Find(name)).Id, cancellation);

    /// <summary>Ends a site for good.</summary>
    /// <param name="name">The site.</param>
    public async Task DestroyAsync(string name)
    {
        Site site = Find(name);
        Task<bool> removed = site is UniformSite one ? _uniform!.RemoveAsync(one) : _manager.RemoveAsync(site.Name);
        if (!await removed.ConfigureAwait(false))
        {
            throw NoSuchSite(name);
        }
    }

    /// <summary>Tells how all is.</summary>
    /// <returns>A sample.</returns>
    public KernelSample Sample()
    {
        int[] states = new int[Enum.GetValues<SiteState>().Length];
        foreach (Site site in _manager.AllSites)
        {
            states[(int)site.State]++;
        }

        (int starting, int ready, int failed) = _uniform?.Counts ?? default;
        return _machines.Sample() with
        {
            Process = Environment.ProcessId,
            UptimeSeconds = Math.Round(_options.Time.GetElapsedTime(_start).TotalSeconds, 3),
            Sites = new SiteCounts(
                starting + states[(int)SiteState.Starting],
                ready + states[(int)SiteState.Ready],
                failed + states[(int)SiteState.Failed]),
            Requests = _options.Requests.Sample(),
            ResidentBytes = Environment.WorkingSet,
            ProcessorSeconds = Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 3),
        };
    }

    // By far the most sites are those that are alike, and a filter may let hardly any pass: only so many are looked at.
    private SitePage ListUniform(SiteFilter filter, int index, int most, List<SiteRow> rows)
    {
        int end = (int)Math.Min((long)index + LookMax, _uniform?.Count ?? 0);
        for (; index < end; index++)
        {
            if (rows.Count == most)
            {
                break;
            }

            if (_uniform!.At(index) is { } site)
            {
                AddIf(filter, site, rows);
            }
        }

        bool isEnd = _uniform is null || index >= _uniform.Count;
        return new SitePage(
            rows, isEnd ? null : string.Create(CultureInfo.InvariantCulture, $"{UniformMark}{index}"));
    }

    private void AddIf(SiteFilter filter, Site site, List<SiteRow> rows)
    {
        if (filter.MayMatch(site) && _rows.RowOf(site) is { } row && filter.Matches(row))
        {
            rows.Add(row);
        }
    }

    private async Task MoveAsync(string name, Func<ulong, Task<bool>> move, string moved)
    {
        Site site = Find(name);
        if (!await move(MachineOf(site).Id).ConfigureAwait(false))
        {
            throw new ControlException(
                $"the VM of '{site.Name}' cannot be {moved} now: it has work, or there is no room; try again later",
                Refusal.Conflict);
        }
    }

    private async Task<SiteDetail> AddAsync(SiteDefinition definition, CancellationToken cancellation)
    {
        CheckFree(definition.Name);
        Site? site = await _manager.AddAsync(definition).ConfigureAwait(false);
        return await SettleAsync(definition.Name, site, cancellation).ConfigureAwait(false);
    }

    private async Task<SiteDetail> SettleAsync(string name, Site? site, CancellationToken cancellation)
    {
        if (site is null)
        {
            throw Taken(name);
        }

        await site.Settled.WaitAsync(cancellation).ConfigureAwait(false);
        return _rows.Describe(site);
    }

    // Before something is made for it that takes time. It may be taken all the same by then.
    private void CheckFree(string name)
    {
        if (_manager.Find(name) is not null)
        {
            throw Taken(name);
        }

        int count = Math.Max(_uniform?.Count ?? 0, _options.UniformCount);
        if (UniformSites.IsName(name, count))
        {
            throw new ControlException(
                $"the name '{name}' is taken by the {count} sites of --sites COUNT: choose another", Refusal.Conflict);
        }
    }

    private static ControlException Taken(string name) => new(
        $"there is a site '{name}' already: choose another name, or destroy that one first", Refusal.Conflict);

    private Site Find(string name) => _manager.Find(name) ?? _uniform?.Find(name) ?? throw NoSuchSite(name);

    private ControlException NoSuchSite(string name)
    {
        string[] near = NearNames.Find(SiteName.Normalize(name), _manager.AllSites.Select(site => site.Name));
        string cure = near.Length == 0 && _uniform is not null
            ? $"there are {UniformSites.NameOf(0)} to {UniformSites.NameOf(_uniform.Count - 1)}, and those of denali ls"
            : near.Length == 0
            ? "denali ls shows those that there are"
            : "is it " + string.Join(" or ", near.Select(other => $"'{other}'")) + "?";
        return new ControlException($"there is no site '{name}': {cure}", Refusal.NotFound);
    }

    private static ISiteMachine MachineOf(Site site) => site.Machine?.Machine ?? throw new ControlException(
        $"the site '{site.Name}' has no VM now, it is {site.State}: try again when it is ready", Refusal.Conflict);
}
