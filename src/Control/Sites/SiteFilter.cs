// SPDX-License-Identifier: MIT
using System;
using Denali.Control.Api;
using Denali.Kernel;

namespace Denali.Control.Sites;

/// <summary>Which sites of a list are meant.</summary>
/// <param name="Prefix">How their names begin; nothing for all.</param>
/// <param name="State">How they are, or null for all.</param>
/// <param name="Residence">Where their VMs' memory is, or null for all.</param>
public sealed record SiteFilter(string Prefix = "", SiteState? State = null, Residence? Residence = null)
{
    /// <summary>Whether it may be one of them, by what is quickly known.</summary>
    internal bool MayMatch(Site site) =>
        (State is null || site.State == State) && site.Name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether it is one of them.</summary>
    internal bool Matches(SiteRow row) =>
        (State is null || row.State == State) && (Residence is null || row.Residence == Residence);
}
