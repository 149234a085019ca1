// SPDX-License-Identifier: MIT
using System;
using Denali.Control.Sites;

namespace Denali.Control.State;

/// <summary>A site in the catalogue.</summary>
/// <param name="Definition">What it is made of.</param>
/// <param name="IsKept">Whether it is there until it is destroyed; otherwise as long as somebody lists it.</param>
/// <param name="Machine">Its VM's number, or 0 if it has had none.</param>
/// <param name="Fingerprint">What was in its directory when that VM was started.</param>
public sealed record CatalogueRow(SiteDefinition Definition, bool IsKept, ulong Machine, UInt128 Fingerprint);
