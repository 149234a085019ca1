// SPDX-License-Identifier: MIT
namespace Denali.Control.Sites;

/// <summary>All sites of a kernel: those with a directory each, and those that are alike.</summary>
/// <param name="manager">The former.</param>
/// <param name="uniform">The latter, or null for none.</param>
public sealed class AllSites(SiteManager manager, UniformSites? uniform) : ISiteDirectory
{
    /// <inheritdoc/>
    public Site? Find(string host) => manager.Find(host) ?? uniform?.Find(host);
}
