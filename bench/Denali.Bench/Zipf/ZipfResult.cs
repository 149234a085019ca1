// SPDX-License-Identifier: MIT
namespace Denali.Bench.Zipf;

/// <summary>How a server did under one distribution.</summary>
/// <param name="PerSecond">Pages per second with visitors who come again at once.</param>
/// <param name="Times">Times of visits at 70 % of that, with visitors who come when they come.</param>
internal sealed record ZipfResult(double PerSecond, RankLatencies Times);
