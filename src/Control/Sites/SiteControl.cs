// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;

namespace Denali.Control.Sites;

/// <summary>
/// The commands on sites and their VMs, whoever gives them: what is there, and create, clone, park, wake, kill, destroy.
/// </summary>
/// <remarks>Any thread. Every refusal is a <see cref="ControlException"/> with one line for people.</remarks>
public sealed class SiteControl
{
    /// <summary>Most sites in a part of the list: what is looked at in one go stays far below a millisecond's
    /// multiple that others would feel.</summary>
    public const int PageMax = 4096;

    private readonly SiteManager _manager;
    private readonly IMachineControl _machines;
    private readonly SiteControlOptions _options;
    private readonly long _start;

    /// <summary>Commands sites.</summary>
    /// <param name="manager">Those that have a directory each.</param>
    /// <param name="machines">The VMs.</param>
    /// <param name="options">Settings.</param>
    public SiteControl(SiteManager manager, IMachineControl machines, SiteControlOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _manager = manager;
        _machines = machines;
        _options = options;
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
        string? next = null;
        foreach (Site site in _manager.SitesAfter(cursor))
        {
            if (rows.Count == most)
            {
                next = rows[^1].Name;
                break;
            }

            if (filter.MayMatch(site) && RowOf(site) is { } row && filter.Matches(row))
            {
                rows.Add(row);
            }
        }

        return new SitePage(rows, next);
    }

    /// <summary>Tells all about a site.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>All that is known.</returns>
    public SiteDetail Inspect(string name) => Describe(Find(name));

    /// <summary>Makes a site, and waits until it serves.</summary>
    /// <param name="site">What it is to be.</param>
    /// <param name="cancellation">Waits no longer; the site stays.</param>
    /// <returns>How it is then.</returns>
    public async Task<SiteDetail> CreateAsync(NewSite site, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(site);
        if (site.Directory is not { Length: > 0 } directory || !System.IO.Path.IsPathFullyQualified(directory))
        {
            throw new ControlException("a site needs the full path of a directory: name one with --dir");
        }

        return await AddAsync(SiteDefinition.Create(site.Name, directory, "/"), cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes a site's slot away from its VM.</summary>
    /// <param name="name">The site.</param>
    public async Task ParkAsync(string name)
    {
        Site site = Find(name);
        ulong id = MachineOf(site).Id;
        if (!await _machines.ParkAsync(id).ConfigureAwait(false))
        {
            throw new ControlException(
                $"the VM of '{site.Name}' cannot be parked now: it has work; try again when it idles",
                Refusal.Conflict);
        }
    }

    /// <summary>Gives a site's VM a slot and lets it run once.</summary>
    /// <param name="name">The site.</param>
    public void Wake(string name) => _machines.Wake(MachineOf(Find(name)).Id);

    /// <summary>Ends a site's VM at once. The site starts another, as after a fault.</summary>
    /// <param name="name">The site.</param>
    public void Kill(string name) => _machines.Kill(MachineOf(Find(name)).Id);

    /// <summary>Ends a site for good.</summary>
    /// <param name="name">The site.</param>
    public async Task DestroyAsync(string name)
    {
        Site site = Find(name);
        if (!await _manager.RemoveAsync(site.Name).ConfigureAwait(false))
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

        var usage = Environment.CpuUsage;
        return _machines.Sample() with
        {
            Process = Environment.ProcessId,
            UptimeSeconds = Math.Round(_options.Time.GetElapsedTime(_start).TotalSeconds, 3),
            Sites = new SiteCounts(
                states[(int)SiteState.Starting], states[(int)SiteState.Ready], states[(int)SiteState.Failed]),
            Requests = _options.Requests.Sample(),
            ResidentBytes = Environment.WorkingSet,
            ProcessorSeconds = Math.Round(usage.TotalTime.TotalSeconds, 3),
        };
    }

    private async Task<SiteDetail> AddAsync(SiteDefinition definition, CancellationToken cancellation)
    {
        Site site = await _manager.AddAsync(definition).ConfigureAwait(false) ?? throw new ControlException(
            $"there is a site '{definition.Name}' already: choose another name, or destroy that one first",
            Refusal.Conflict);
        await site.Settled.WaitAsync(cancellation).ConfigureAwait(false);
        return Describe(site);
    }

    private Site Find(string name) => _manager.Find(name) ?? throw NoSuchSite(name);

    private ControlException NoSuchSite(string name)
    {
        string[] near = NearNames.Find(SiteName.Normalize(name), _manager.AllSites.Select(site => site.Name));
        string cure = near.Length == 0
            ? "denali ls shows those that there are"
            : "is it " + string.Join(" or ", near.Select(other => $"'{other}'")) + "?";
        return new ControlException($"there is no site '{name}': {cure}", Refusal.NotFound);
    }

    private static ISiteMachine MachineOf(Site site) => site.Machine?.Machine ?? throw new ControlException(
        $"the site '{site.Name}' has no VM now, it is {site.State}: try again when it is ready", Refusal.Conflict);

    private SiteRow RowOf(Site site) => RowOf(site, out _);

    private SiteRow RowOf(Site site, out MachineFacts facts)
    {
        facts = default;
        ISiteMachine? machine = site.Machine?.Machine;
        bool isThere = machine is not null && _machines.TryGet(machine.Id, out facts);
        string message = site.Message;
        return new SiteRow
        {
            Name = site.Name,
            State = site.State,
            Residence = isThere ? facts.Residence : null,
            Machine = isThere ? machine!.Id : null,
            Ipv4 = isThere ? machine!.Ipv4Address : null,
            MemoryBytes = facts.Usage.ChargedBytes,
            KeptBytes = facts.KeptBytes,
            ProcessorSeconds = Math.Round(facts.Usage.CpuNs / 1e9, 6),
            Requests = site.RequestCount,
            Starts = site.StartCount,
            Message = message.Length > 0 ? message : null,
        };
    }

    private SiteDetail Describe(Site site)
    {
        SiteRow row = RowOf(site, out MachineFacts facts);
        bool isThere = row.Machine is not null;
        SiteMachine? machine = site.Machine;
        return new SiteDetail(row)
        {
            Url = _options.UrlOf(site.Name),
            Directory = site.Directory,
            Disk = site.DiskPath,
            Template = isThere && facts.Template.Length > 0 ? facts.Template : null,
            Ipv6 = isThere ? machine?.Machine.Ipv6Address : null,
            MachineState = isThere ? facts.State.ToString() : null,
            UptimeSeconds = isThere && machine is not null
                ? Math.Round(_options.Time.GetElapsedTime(machine.StartedTimestamp).TotalSeconds, 3)
                : null,
            MemoryLimitBytes = facts.Usage.LimitBytes,
            Exits = facts.Usage.ExitCount,
            UnderWay = site.RequestsUnderWay,
        };
    }
}
