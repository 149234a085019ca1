// SPDX-License-Identifier: MIT
using System.Collections.Concurrent;
using Denali.Kernel;

namespace Denali.Control.Sites;

/// <summary>The kernel's groups of VMs for groups of sites.</summary>
/// <remarks>Any thread. A group whose limit was changed is another one: its VMs are made anew, and those that there
/// were stay in theirs until they end. There are as many as somebody wrote down since the kernel was
/// started.</remarks>
internal sealed class SiteGroups
{
    private readonly ConcurrentDictionary<SiteGroup, MachineGroup> _groups = new();

    /// <summary>Finds a group, or makes it.</summary>
    /// <param name="group">The group of a site, or null if it is in none.</param>
    /// <returns>That of its VMs; null if they are in none.</returns>
    internal MachineGroup? Of(SiteGroup? group) => group is null ? null : _groups.GetOrAdd(
        group, static added => new MachineGroup(added.Name, int.MaxValue, added.MemoryBytes));
}
