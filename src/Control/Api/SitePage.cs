// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Control.Api;

/// <summary>A part of the list of sites.</summary>
/// <param name="Sites">Sites; perhaps none, although more follow.</param>
/// <param name="Next">Where the next part begins, or null at the end.</param>
public sealed record SitePage(IReadOnlyList<SiteRow> Sites, string? Next);
