// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Disks;

namespace Denali.Control.Sites;

/// <summary>
/// Keeps sites running: makes an image of each directory, starts a VM that serves it, starts another when one ends
/// unasked or the directory changes, and ends them.
/// </summary>
/// <remarks>
/// <para>Any thread may call it. All that it decides is decided on a thread of its own; images are made, and
/// directories looked at, on a second one, so that a large directory holds up no other site's restart.</para>
/// <para>A site whose directory has changed is served by its old VM until the new one is ready.</para>
/// </remarks>
public sealed partial class SiteManager : ISiteDirectory, IDisposable
{
    private readonly ISiteMachineHost _host;
    private readonly SiteManagerOptions _options;
    private readonly Action<SiteEvent> _onEvent;
    private readonly DiskImageCache _cache;
    private readonly ConcurrentDictionary<string, OwnSite> _sites = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ManagedSite> _managed = new(StringComparer.Ordinal);
    private readonly HashSet<StartedMachine> _machines = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WorkThread _work = new("sites");
    private readonly WorkThread _images = new("images");
    private readonly DirectoryWatch? _watch;
    private bool _isStopping;
    private bool _isFrozen;
    private bool _isTidying;
    private bool _isTidyDue;
    private bool _isTidyOfAllDue;

    /// <summary>Starts without sites.</summary>
    /// <param name="host">What makes the VMs.</param>
    /// <param name="options">Settings.</param>
    /// <param name="onEvent">Is told what happens, on the manager's thread; must not throw.</param>
    /// <exception cref="ControlException">The folder for images cannot be made.</exception>
    public SiteManager(ISiteMachineHost host, SiteManagerOptions options, Action<SiteEvent> onEvent)
    {
        ArgumentNullException.ThrowIfNull(options);
        _host = host;
        _options = options;
        _onEvent = onEvent;
        _cache = new DiskImageCache(options.CacheFolder);
        if (options.WatchInterval is { } interval)
        {
            _watch = new DirectoryWatch(options.Time, interval, LookAtNext);
        }
    }

    /// <summary>All sites, in the order of their names.</summary>
    public IReadOnlyList<Site> Sites => [.. SitesAfter(string.Empty)];

    /// <summary>All sites, in no order.</summary>
    internal IEnumerable<Site> AllSites => _sites.Select(pair => pair.Value);

    /// <inheritdoc/>
    public Site? Find(string host) => _sites.GetValueOrDefault(SiteName.Normalize(host));

    /// <summary>Adds a site, or gives one that is there another directory, or builds it again. It is written down once
    /// it serves that: what never served is not there after a restart.</summary>
    /// <param name="definition">The site.</param>
    /// <param name="isKept">Whether it is to be there after a restart; otherwise while somebody lists it.</param>
    public Task SetAsync(SiteDefinition definition, bool isKept = false) =>
        _work.Ask<Site>(() => SetNow(definition, isKept));

    /// <summary>The same, where nobody waits.</summary>
    /// <param name="definition">The site.</param>
    public void Set(SiteDefinition definition) => _work.Post(() => _ = SetNow(definition, isKept: false));

    /// <summary>Adds a site, if there is none of its name. It is written down when this completes.</summary>
    /// <param name="definition">The site.</param>
    /// <returns>The site; null if the name is taken, or all sites are being ended.</returns>
    /// <exception cref="ControlException">When awaited: it cannot be written down.</exception>
    public Task<Site?> AddAsync(SiteDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return _work.Ask<Site>(() => AddNow(definition));
    }

    /// <summary>Adds a site whose VM goes on from where another's was, if there is none of its name.</summary>
    /// <param name="definition">The site.</param>
    /// <param name="template">Where the VM begins; goes with the site.</param>
    /// <returns>The site; null if the name is taken, or all sites are being ended.</returns>
    public async Task<Site?> AddCloneAsync(SiteDefinition definition, ISiteTemplate template)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(template);
        Site? site = null;
        try
        {
            site = await _work.Ask<Site>(() =>
            {
                if (AddNow(definition) is not { } added)
                {
                    return null;
                }

                _managed[definition.Name].Template = template;
                return added;
            }).ConfigureAwait(false);
            return site;
        }
        finally
        {
            if (site is null)
            {
                template.Dispose();
            }
        }
    }

    /// <summary>Takes down what the VM of a site is now.</summary>
    /// <param name="site">The site.</param>
    /// <returns>Completes with what it was; the caller disposes it.</returns>
    /// <exception cref="ControlException">It has no VM, or that does not idle.</exception>
    internal Task<ISiteTemplate> CaptureAsync(Site site) =>
        site is { Machine: { } machine, DiskPath: { } disk }
            ? _host.CaptureAsync(machine.Machine.Id, disk)
            : throw new ControlException($"the site '{site.Name}' has no VM now: try again", Refusal.Conflict);

    /// <summary>Removes a site. What its visitors have asked for is finished, if it does not take long.</summary>
    /// <param name="name">Its name; nothing happens if there is none.</param>
    public void Remove(string name) => _work.Post(() => TellIfFails(name, () => _ = RemoveNow(name)));

    /// <summary>Removes a site.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>False if there is none.</returns>
    public Task<bool> RemoveAsync(string name) => _work.Ask(() => RemoveNow(name));

    /// <summary>Ends all sites: asks their VMs, and kills those that have not ended in time.</summary>
    /// <returns>Completes when all VMs have ended.</returns>
    public Task StopAsync()
    {
        _watch?.Dispose();
        _stopping.Cancel();
        _work.Post(() =>
        {
            _isStopping = true;
            foreach (ManagedSite site in _managed.Values)
            {
                End(site);
            }

            CheckEnded();
        });
        return _ended.Task;
    }

    /// <summary>
    /// Lets all VMs be as they are, for them to go on after a restart: starts and ends none any more.
    /// </summary>
    /// <returns>Completes when it is so.</returns>
    public Task FreezeAsync()
    {
        _watch?.Dispose();
        _stopping.Cancel();
        return _work.Ask(() =>
        {
            _isStopping = true;
            _isFrozen = true;
            foreach (ManagedSite site in _managed.Values)
            {
                site.Restart?.Dispose();
            }

            foreach (StartedMachine machine in _machines)
            {
                machine.KillTimer?.Dispose();
            }

            return true;
        });
    }

    /// <summary>Kills all VMs that still run.</summary>
    public void KillAll() => _work.Post(() =>
    {
        foreach (StartedMachine machine in _machines)
        {
            machine.Machine.Machine.Kill();
        }
    });

    /// <summary>Ends the threads. VMs that <see cref="StopAsync"/> has not ended run on.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        _stopping.Cancel();
        _images.Dispose();
        _work.Dispose();
        _stopping.Dispose();
    }

    /// <summary>The sites whose names come after one, in the order of their names.</summary>
    internal IEnumerable<Site> SitesAfter(string name) => AllSites
        .Where(site => string.CompareOrdinal(site.Name, name) > 0)
        .OrderBy(site => site.Name, StringComparer.Ordinal);

    private OwnSite? AddNow(SiteDefinition definition)
    {
        if (_isStopping || _managed.ContainsKey(definition.Name))
        {
            return null;
        }

        _options.Store?.Set(definition, isKept: true);
        OwnSite? site = SetNow(definition, isKept: true);
        _managed[definition.Name].UnwrittenIsKept = null;
        return site;
    }

    private OwnSite? SetNow(SiteDefinition definition, bool isKept)
    {
        if (_isStopping)
        {
            return null;
        }

        if (!_managed.TryGetValue(definition.Name, out ManagedSite? site))
        {
            site = new ManagedSite(definition);
            _managed.Add(definition.Name, site);
            _sites[definition.Name] = site.Site;
            Tell(site, SiteState.Starting);
        }

        bool isOther = site.Definition != definition;
        site.Definition = definition;
        site.UnwrittenIsKept = isKept;
        site.Site.SetSource(definition, site.ImagePath);
        Build(site);
        if (isOther)
        {
            Tidy(isAll: true);
        }

        return site.Site;
    }

    private bool RemoveNow(string name)
    {
        if (!_managed.TryGetValue(name, out ManagedSite? site))
        {
            return false;
        }

        // First what lasts: a site that was told to be gone does not come back.
        _options.Store?.Remove(name);
        if (_options.Store?.TakeMachine(name) is { } saved)
        {
            _host.Forget(saved.Machine);
        }

        _ = _managed.Remove(name);
        _ = _sites.TryRemove(name, out _);
        End(site);
        Tidy(isAll: true);
        return true;
    }

    // The site goes on; what is lost is that it is there again after a restart.
    private void TellIfFails(string name, Action work)
    {
        try
        {
            work();
        }
        catch (ControlException e)
        {
            if (_sites.TryGetValue(name, out OwnSite? site))
            {
                _onEvent(new SiteEvent(site, site.State, e.Message));
            }
        }
    }

    private void Tell(ManagedSite site, SiteState state, string message = "")
    {
        site.Site.Set(state, site.Current?.Machine, message);
        _onEvent(new SiteEvent(site.Site, state, message));
    }
}
