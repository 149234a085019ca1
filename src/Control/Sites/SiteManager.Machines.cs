// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Threading;

namespace Denali.Control.Sites;

/// <summary>How VMs start and end.</summary>
public sealed partial class SiteManager
{
    private void Start(ManagedSite site)
    {
        if (site.IsEnding || _isStopping)
        {
            return;
        }

        site.Restart?.Dispose();
        site.Restart = null;
        if (site.Next is { } boots)
        {
            End(boots);
            site.Next = null;
        }

        var machine = new StartedMachine(
            site,
            ready => _work.Post(() => OnReady(ready)),
            (ended, reason) => _work.Post(() => OnEnded(ended, reason)))
        {
            Definition = site.Built!,
            Fingerprint = site.Fingerprint,
        };
        bool isResumed;
        try
        {
            ISiteMachine? resumed = TryResume(site, machine) ?? TryClone(site, machine);
            isResumed = resumed is not null;
            machine.Machine = new SiteMachine(
                resumed ?? _host.Start(site.Site.Name, site.ImagePath!, site.Built!.Group, machine),
                _options.ConnectionMax,
                _options.ConnectTimeout,
                _options.Time.GetTimestamp());
        }
        catch (ControlException e)
        {
            Fail(site, e.Message, TimeSpan.Zero);
            return;
        }

        site.Site.CountStart();
        site.Next = machine;
        _ = _machines.Add(machine);
        if (isResumed)
        {
            OnReady(machine);
        }
        else
        {
            machine.KillTimer = After(_options.StartTimeout, () => machine.Machine.Machine.Kill());
        }
    }

    /// <summary>Makes the first VM of a clone, if what it serves is what the other did.</summary>
    private static ISiteMachine? TryClone(ManagedSite site, StartedMachine machine)
    {
        using ISiteTemplate? template = site.Template;
        site.Template = null;
        return template?.ImagePath == site.ImagePath ? template?.Start(machine) : null;
    }

    /// <summary>Lets the VM of an earlier kernel go on, if it served what is there still.</summary>
    private ISiteMachine? TryResume(ManagedSite site, StartedMachine machine)
    {
        if (_options.Store?.FindMachine(site.Site.Name) is not { } saved)
        {
            return null;
        }

        // If it cannot be told now whether it can go on, it is kept, and this is tried again.
        ISiteMachine? resumed = saved.Fingerprint == site.Fingerprint
            ? _host.TryResume(saved.Machine, site.ImagePath!, site.Built!.Group, machine)
            : null;
        _ = _options.Store.TakeMachine(site.Site.Name);
        if (resumed is null)
        {
            _host.Forget(saved.Machine);
        }

        return resumed;
    }

    private void OnReady(StartedMachine machine)
    {
        ManagedSite site = machine.Owner;
        if (site.Next != machine || site.IsEnding)
        {
            // Of a site that was destroyed meanwhile nothing is written down again.
            return;
        }

        machine.KillTimer?.Dispose();
        machine.ReadyTimestamp = _options.Time.GetTimestamp();
        StartedMachine? old = site.Current;
        site.Current = machine;
        site.Next = null;
        TellIfFails(site.Site.Name, () => WriteDown(site, machine));
        Tell(site, SiteState.Ready);
        if (old is not null)
        {
            End(old);
        }
    }

    private void WriteDown(ManagedSite site, StartedMachine machine)
    {
        if (site.UnwrittenIsKept is { } isKept)
        {
            // As long as the site's own definition is not built, a VM serves an earlier one.
            _options.Store?.Set(machine.Definition, isKept);
            site.UnwrittenIsKept = machine.Definition == site.Definition ? null : isKept;
        }

        _options.Store?.SetMachine(site.Site.Name, machine.Machine.Machine.Id, machine.Fingerprint);
    }

    private void OnEnded(StartedMachine machine, string reason)
    {
        ManagedSite site = machine.Owner;
        machine.KillTimer?.Dispose();
        machine.Machine.Dispose();
        _ = _machines.Remove(machine);
        if (_isFrozen)
        {
            return;
        }

        _host.Forget(machine.Machine.Machine.Id);
        bool wasServing = site.Current == machine;
        bool wasBooting = site.Next == machine;
        site.Current = wasServing ? null : site.Current;
        site.Next = wasBooting ? null : site.Next;
        if (site.IsEnding)
        {
            if (site.Current is null && site.Next is null)
            {
                Tell(site, SiteState.Stopped);
            }
        }
        else if ((wasServing || wasBooting) && !machine.IsEnding)
        {
            TimeSpan uptime = wasServing ? _options.Time.GetElapsedTime(machine.ReadyTimestamp) : TimeSpan.Zero;
            Fail(site, reason, uptime);
        }

        CheckEnded();
    }

    /// <summary>Tells why, and tries again later.</summary>
    private void Fail(ManagedSite site, string message, TimeSpan uptime)
    {
        TimeSpan wait = site.BackOff.Fail(uptime);
        Tell(site, site.Current is null ? SiteState.Failed : SiteState.Ready, message);
        site.Restart?.Dispose();
        site.Restart = After(wait, () => Restart(site));
    }

    private void Restart(ManagedSite site)
    {
        if (site.Next is not null || site.IsBuilding)
        {
            return;
        }

        // Somebody may have emptied the folder of images.
        if (File.Exists(site.ImagePath) && site.Current is null)
        {
            Start(site);
        }
        else
        {
            Build(site);
        }
    }

    private void End(ManagedSite site)
    {
        site.IsEnding = true;
        site.Restart?.Dispose();
        site.Template?.Dispose();
        site.Template = null;
        site.Site.Set(SiteState.Stopped, null);
        StartedMachine?[] machines = [site.Current, site.Next];
        foreach (StartedMachine machine in machines.OfType<StartedMachine>())
        {
            End(machine);
        }

        if (site.Current is null && site.Next is null)
        {
            Tell(site, SiteState.Stopped);
        }
    }

    private void End(StartedMachine machine)
    {
        machine.IsEnding = true;
        machine.KillTimer?.Dispose();
        machine.Machine.Machine.RequestTermination();
        machine.KillTimer = After(_options.Grace, () => machine.Machine.Machine.Kill());
    }

    private void CheckEnded()
    {
        if (_isStopping && _machines.Count == 0)
        {
            _ = _ended.TrySetResult();
        }
    }

    private ITimer After(TimeSpan wait, Action work) =>
        _options.Time.CreateTimer(_ => _work.Post(work), null, wait, Timeout.InfiniteTimeSpan);
}
