// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>What a command with <c>--json</c> says of a site that it has done something to.</summary>
/// <param name="Command">The command's name.</param>
/// <param name="Name">The site's.</param>
public sealed record SiteDone(string Command, string Name);
