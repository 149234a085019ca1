// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;

namespace Denali.Control.Sites;

/// <summary>Finds the names that somebody may have meant who wrote one that does not exist.</summary>
internal static class NearNames
{
    // Further away than this it is another name, not a slip; more of them would hide the right one.
    private const int DistanceMax = 2;
    private const int Most = 3;

    // A name is looked for among so many; what is beyond is found by listing.
    private const int CandidateMax = 10_000;

    /// <summary>Finds them.</summary>
    /// <param name="name">What was written.</param>
    /// <param name="names">What there is.</param>
    /// <returns>The nearest first.</returns>
    internal static string[] Find(string name, IEnumerable<string> names) =>
    [
        .. names.Take(CandidateMax)
            .Select(other => (Name: other, Distance: Distance(name, other)))
            .Where(other => other.Distance <= DistanceMax && other.Distance < name.Length)
            .OrderBy(other => other.Distance)
            .ThenBy(other => other.Name, StringComparer.Ordinal)
            .Take(Most)
            .Select(other => other.Name),
    ];

    /// <summary>How many letters must be put in, taken out or changed to make one of the other (Levenshtein).</summary>
    internal static int Distance(string one, string other)
    {
        if (Math.Abs(one.Length - other.Length) > DistanceMax)
        {
            return int.MaxValue;
        }

        int[] above = [.. Enumerable.Range(0, other.Length + 1)];
        int[] row = new int[other.Length + 1];
        for (int i = 1; i <= one.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= other.Length; j++)
            {
                int change = above[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
                row[j] = Math.Min(change, Math.Min(above[j], row[j - 1]) + 1);
            }

            (above, row) = (row, above);
        }

        return above[other.Length];
    }
}
