// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>All that is known of a site.</summary>
/// <param name="Site">What the list tells.</param>
public sealed record SiteDetail(SiteRow Site)
{
    /// <summary>Where visitors find it.</summary>
    public string? Url { get; init; }

    /// <summary>The directory that it serves, or null.</summary>
    public string? Directory { get; init; }

    /// <summary>The disk of its VM, or null.</summary>
    public string? Disk { get; init; }

    /// <summary>Identity of what its VM was made of, or null.</summary>
    public string? Template { get; init; }

    /// <summary>Its VM's IPv6 address, or null.</summary>
    public string? Ipv6 { get; init; }

    /// <summary>What its VM does, as the kernel calls it, or null.</summary>
    public string? MachineState { get; init; }

    /// <summary>How long ago its VM was started, in seconds, or null.</summary>
    public double? UptimeSeconds { get; init; }

    /// <summary>Most memory that its VM may be charged for, in bytes.</summary>
    public ulong MemoryLimitBytes { get; init; }

    /// <summary>The group that its VM is in, or null; without a VM, that of the next one.</summary>
    public string? Group { get; init; }

    /// <summary>Most memory that the VMs of its group may have together, in bytes; 0 if it is in none.</summary>
    public ulong GroupLimitBytes { get; init; }

    /// <summary>How often its VM left the processor.</summary>
    public ulong Exits { get; init; }

    /// <summary>Requests that are under way.</summary>
    public int UnderWay { get; init; }
}
