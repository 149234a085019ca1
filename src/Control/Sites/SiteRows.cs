// SPDX-License-Identifier: MIT
using System;
using Denali.Control.Api;

namespace Denali.Control.Sites;

/// <summary>Says of sites what commands tell.</summary>
/// <param name="machines">The VMs.</param>
/// <param name="options">Where sites are found, and the clock.</param>
internal sealed class SiteRows(IMachineControl machines, SiteControlOptions options)
{
    /// <summary>A row of the list.</summary>
    internal SiteRow RowOf(Site site) => RowOf(site, out _);

    /// <summary>All that is known.</summary>
    internal SiteDetail Describe(Site site)
    {
        SiteRow row = RowOf(site, out MachineFacts facts);
        bool isThere = row.Machine is not null;
        SiteMachine? machine = site.Machine;

        // A VM that runs on while its site is to be in another group stays in the one that it was let into.
        SiteGroup? group = isThere ? machine?.Machine.Group : site.Definition?.Group;
        return new SiteDetail(row)
        {
            Url = options.UrlOf(site.Name),
            Directory = site.Directory,
            Disk = site.DiskPath,
            Template = isThere && machine?.Machine.Template is { Length: > 0 } template ? template : null,
            Ipv6 = isThere ? machine?.Machine.Ipv6Address : null,
            MachineState = isThere ? facts.State.ToString() : null,
            UptimeSeconds = isThere && machine is not null
                ? Math.Round(options.Time.GetElapsedTime(machine.StartedTimestamp).TotalSeconds, 3)
                : null,
            MemoryLimitBytes = facts.Usage.LimitBytes,
            Group = group?.Name,
            GroupLimitBytes = group?.MemoryBytes ?? 0,
            Exits = facts.Usage.ExitCount,
            UnderWay = site.RequestsUnderWay,
        };
    }

    private SiteRow RowOf(Site site, out MachineFacts facts)
    {
        facts = default;
        ISiteMachine? machine = site.Machine?.Machine;
        bool isThere = machine is not null && machines.TryGet(machine.Id, out facts);
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
}
