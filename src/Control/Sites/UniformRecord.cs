// SPDX-License-Identifier: MIT
namespace Denali.Control.Sites;

/// <summary>All that is kept of one of many sites that are alike.</summary>
internal struct UniformRecord
{
    /// <summary>Its VM, or 0 if it has none.</summary>
    internal ulong Machine;

    /// <summary>Requests so far; after four thousand million it begins again.</summary>
    internal uint Requests;

    /// <summary>Requests that are under way.</summary>
    internal int UnderWay;

    /// <summary>VMs that were started for it.</summary>
    internal int Starts;

    /// <summary>Whether it was destroyed.</summary>
    internal bool IsGone;
}
