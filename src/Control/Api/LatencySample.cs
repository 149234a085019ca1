// SPDX-License-Identifier: MIT
namespace Denali.Control.Api;

/// <summary>How often something happened, and how long it took.</summary>
/// <param name="Count">How often since the start.</param>
/// <param name="P50Seconds">What half of them did not exceed.</param>
/// <param name="P99Seconds">What 99 of 100 did not exceed.</param>
public sealed record LatencySample(ulong Count, double P50Seconds, double P99Seconds);
