// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Bench.Charts;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points, from left to right. Those that a logarithmic scale does not have are left
/// out.</param>
/// <param name="Colour">Number of its colour: lines of one thing have the same.</param>
/// <param name="Dash">Number of its dashes, which tell lines of one colour apart; 0 for none.</param>
internal sealed record ChartSeries(
    string Name, IReadOnlyList<(double X, double Y)> Points, int Colour, int Dash = 0);
