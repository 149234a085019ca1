// SPDX-License-Identifier: MIT
using Denali.Control.Sites;
using Denali.Kernel;

namespace Denali.Control.Api;

/// <summary>A site in a list.</summary>
public sealed record SiteRow
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it is.</summary>
    public required SiteState State { get; init; }

    /// <summary>Where its VM's memory is, or null if it has no VM.</summary>
    public Residence? Residence { get; init; }

    /// <summary>Its VM's number, or null if it has none.</summary>
    public ulong? Machine { get; init; }

    /// <summary>Its VM's IPv4 address, or null.</summary>
    public string? Ipv4 { get; init; }

    /// <summary>Memory that its VM is charged for, in bytes.</summary>
    public ulong MemoryBytes { get; init; }

    /// <summary>What is kept of its VM while that is parked or swapped, in bytes.</summary>
    public ulong KeptBytes { get; init; }

    /// <summary>Processor time of its VM, in seconds.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>Requests that came for it, through all its VMs.</summary>
    public long Requests { get; init; }

    /// <summary>VMs that were started for it.</summary>
    public int Starts { get; init; }

    /// <summary>Why it is as it is, or null if there is nothing to say.</summary>
    public string? Message { get; init; }
}
