// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control.Sites;

/// <summary>Where <see cref="UniformSites"/> write down which VM is whose, for them to be there again after a
/// restart.</summary>
/// <remarks>One thread at a time. What a call wrote is safe when it returns.</remarks>
public interface IUniformStore
{
    /// <summary>In place of a VM's number: the site was destroyed. No VM has this number.</summary>
    const ulong Gone = ulong.MaxValue;

    /// <summary>Tells which VMs the sites had when an earlier kernel ended: once, whoever asks gets it all.</summary>
    /// <returns>A number for each site: of a VM, 0 for none, or <see cref="Gone"/>.</returns>
    ulong[] TakeMachines();

    /// <summary>Some sites have VMs.</summary>
    /// <param name="first">The index of the first site, a multiple of <see cref="UniformSites.TurnMax"/>.</param>
    /// <param name="machines">A number for each, <see cref="UniformSites.TurnMax"/> of them or all that are
    /// left.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    void Write(int first, ReadOnlySpan<ulong> machines);
}
