// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;

namespace Denali.Bench.Http;

/// <summary>One load on several servers in turn: ours, and the others that it is compared with.</summary>
/// <param name="name">The load's name.</param>
/// <param name="ours">Puts it on ours.</param>
/// <param name="others">The others: their names, and what puts it on them. The first one is what counts.</param>
internal sealed class HttpContest(
    string name, Func<WrkResult> ours, IReadOnlyList<(string Name, Func<WrkResult> Run)> others)
{
    private readonly List<WrkResult> _ours = [];
    private readonly List<WrkResult>[] _others = [.. others.Select(_ => new List<WrkResult>())];

    /// <summary>Runs a round. Who begins changes from round to round.</summary>
    internal void Run()
    {
        int count = others.Count + 1;
        int first = _ours.Count;
        for (int i = 0; i < count; i++)
        {
            int turn = (first + i) % count;
            if (turn == 0)
            {
                _ours.Add(ours());
            }
            else
            {
                _others[turn - 1].Add(others[turn - 1].Run());
            }
        }
    }

    /// <summary>Adds the rows to a table.</summary>
    /// <param name="context">The table.</param>
    /// <param name="aim">How many times as many answers as the first of the others are aimed at.</param>
    internal void AddTo(BenchmarkContext context, double aim)
    {
        double[] rates = [.. _ours.Select(result => result.RequestsPerSecond)];
        for (int i = 0; i < others.Count; i++)
        {
            double[] peer = [.. _others[i].Select(result => result.RequestsPerSecond)];
            bool counts = i == 0;
            context.Add(
                name,
                rates,
                "1/s",
                others[i].Name,
                peer,
                counts ? FormattableString.Invariant($"at least {aim:F1} times nginx") : null,
                counts ? (_, ratio) => ratio >= aim : null);
        }

        context.Add(
            $"{name}: p99",
            [.. _ours.Select(result => result.P99Us)],
            "us",
            others[0].Name,
            [.. _others[0].Select(result => result.P99Us)],
            "not above nginx",
            (_, ratio) => ratio <= 1);
    }
}
