// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control.Sites;

/// <summary>Where a <see cref="SiteManager"/> writes down what is to be there again after a restart.</summary>
/// <remarks>Called on the manager's thread. What a call wrote is safe when it returns.</remarks>
public interface ISiteStore
{
    /// <summary>A site is there.</summary>
    /// <param name="definition">The site.</param>
    /// <param name="isKept">Whether it is to be there until it is removed; otherwise while somebody lists it.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    void Set(SiteDefinition definition, bool isKept);

    /// <summary>A site is gone.</summary>
    /// <param name="name">The site.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    void Remove(string name);

    /// <summary>A VM serves a site.</summary>
    /// <param name="name">The site.</param>
    /// <param name="machine">The VM.</param>
    /// <param name="fingerprint">What it serves.</param>
    /// <exception cref="ControlException">It cannot be written.</exception>
    void SetMachine(string name, ulong machine, UInt128 fingerprint);

    /// <summary>Tells which VM served a site when an earlier kernel ended.</summary>
    /// <param name="name">The site.</param>
    /// <returns>The VM and what it served; null if there is none, or it was taken.</returns>
    (ulong Machine, UInt128 Fingerprint)? FindMachine(string name);

    /// <summary>The same, and from then on there is none.</summary>
    /// <param name="name">The site.</param>
    /// <returns>The VM and what it served, or null.</returns>
    (ulong Machine, UInt128 Fingerprint)? TakeMachine(string name);
}
