// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Kernel;

/// <summary>How long VMs took from the event that woke them to their first instruction, since the start.</summary>
/// <param name="Count">How many were woken.</param>
/// <param name="P50Ns">Half of them took at most so many nanoseconds.</param>
/// <param name="P99Ns">99 of 100 took at most so many.</param>
/// <param name="P999Ns">999 of 1,000 took at most so many.</param>
/// <param name="Steps">How many took how long, the shortest first; steps that none took are left out. What two of these
/// have more than each other is what happened in between.</param>
public readonly record struct WakeLatency(
    ulong Count, ulong P50Ns, ulong P99Ns, ulong P999Ns, IReadOnlyList<LatencyStep> Steps);
