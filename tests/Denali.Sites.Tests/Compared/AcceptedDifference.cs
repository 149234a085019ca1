// SPDX-License-Identifier: MIT
using System;

namespace Denali.Sites.Tests.Compared;

/// <summary>A difference from nginx that is meant.</summary>
/// <param name="Reason">Its name in docs/notes/http-compared.md, which says why.</param>
/// <param name="Rows">Rows of the table that show it, as patterns with "*", separated by " | ".</param>
/// <param name="Aspect">What differs, or "*".</param>
/// <param name="Theirs">What nginx says, or "*".</param>
/// <param name="Ours">What Denali says, or "*".</param>
internal sealed record AcceptedDifference(string Reason, string Rows, string Aspect, string Theirs, string Ours)
{
    /// <summary>Whether a mismatch is one of these.</summary>
    internal bool Covers(Mismatch mismatch) =>
        Array.Exists(Rows.Split(" | "), row => Matches(row, mismatch.Name))
        && Matches(Aspect, mismatch.Aspect)
        && Matches(Theirs, mismatch.Theirs)
        && Matches(Ours, mismatch.Ours);

    // Only the star is special.
    private static bool Matches(string pattern, string text)
    {
        string[] parts = pattern.Split('*');
        int at = parts[0].Length;
        if (parts.Length == 1 || !text.StartsWith(parts[0], StringComparison.Ordinal))
        {
            return pattern == text;
        }

        for (int i = 1; i < parts.Length - 1; i++)
        {
            int found = text.IndexOf(parts[i], at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + parts[i].Length;
        }

        return text.Length - at >= parts[^1].Length && text.EndsWith(parts[^1], StringComparison.Ordinal);
    }
}
