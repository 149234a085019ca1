// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control.Sites;

/// <summary>What many sites that are alike are made of.</summary>
/// <param name="Count">How many there are, 1 to <see cref="UniformSites.CountMax"/>.</param>
/// <param name="Directory">The directory that they serve; null for the page that comes with the command.</param>
/// <param name="Fingerprint">What is in it.</param>
public sealed record UniformDefinition(int Count, string? Directory, UInt128 Fingerprint);
