// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>Numbers by where VMs' memory is.</summary>
/// <param name="Bound">Of those in a slot.</param>
/// <param name="Parked">Of those that are compressed in RAM.</param>
/// <param name="Swapped">Of those in the swap file.</param>
public sealed record ResidenceCounts(ulong Bound, ulong Parked, ulong Swapped);
