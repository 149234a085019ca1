// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using Denali.Kernel.Disks;
using Denali.Kernel.Network;

namespace Denali.Kernel.Machines;

/// <summary>How a VM is to be made.</summary>
public sealed class MachineOptions
{
    /// <summary>What runs in it.</summary>
    public required LoadedImage Image { get; init; }

    /// <summary>Who is told what it does.</summary>
    public required IMachineObserver Observer { get; init; }

    /// <summary>
    /// Of a VM that is made of a template: whether it starts only when something happens for it, such as a frame.
    /// </summary>
    public bool StartsWhenNeeded { get; init; }

    /// <summary>Boot arguments; the first is by convention the image's name. Of a template none can be given.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Most memory that it may be charged for, in bytes; 0 for its memory size.</summary>
    public ulong LimitBytes { get; init; }

    /// <summary>VMs with which it has limits in common; null for none.</summary>
    public MachineGroup? Group { get; init; }

    /// <summary>How it is attached to the virtual LAN; null for no network interface.</summary>
    public NetworkOptions? Network { get; init; }

    /// <summary>Its disks, at most <see cref="Hardware.DiskEntry.MaxCount"/>; they outlive the VM.</summary>
    public IReadOnlyList<DiskImage> Disks { get; init; } = [];
}
