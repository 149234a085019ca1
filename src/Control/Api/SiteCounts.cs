// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>How many sites there are.</summary>
/// <param name="Starting">Those whose image is made, or whose VM boots.</param>
/// <param name="Ready">Those that serve.</param>
/// <param name="Failed">Those that are to be started again.</param>
public sealed record SiteCounts(int Starting, int Ready, int Failed);
