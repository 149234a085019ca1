// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Bench.Charts;

/// <summary>Lines over two logarithmic axes.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="XLabel">What the axis from left to right is, with its unit.</param>
/// <param name="YLabel">What the axis upwards is, with its unit.</param>
/// <param name="Series">The lines, in the order of the legend.</param>
internal sealed record LineChart(string Title, string XLabel, string YLabel, IReadOnlyList<ChartSeries> Series);
