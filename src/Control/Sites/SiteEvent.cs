// SPDX-License-Identifier: MIT
namespace Denali.Control.Sites;

/// <summary>Something happened to a site.</summary>
/// <param name="Site">The site.</param>
/// <param name="State">How it is since then.</param>
/// <param name="Message">Why, for people, or nothing.</param>
public readonly record struct SiteEvent(Site Site, SiteState State, string Message);
