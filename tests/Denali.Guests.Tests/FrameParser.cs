// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Denali.Guests.Tests;

/// <summary>
/// Reads what a test guest reports on its console: lines that begin with <c>#denali-test 1</c> tell of a suite and its
/// tests, lines that begin with <c>#denali-value</c> give a number. Other lines are free text.
/// </summary>
internal static class FrameParser
{
    internal const string TestPrefix = "#denali-test 1 ";
    internal const string ValuePrefix = "#denali-value ";

    /// <summary>Reads a suite. It must begin, end, and count what it told.</summary>
    /// <param name="output">All console output.</param>
    /// <returns>What it told.</returns>
    /// <exception cref="FormatException">The frames are incomplete or contradict themselves.</exception>
    internal static FrameReport Parse(string output)
    {
        var report = new FrameReport();
        foreach (string line in output.Split('\n'))
        {
            if (line.StartsWith(TestPrefix, StringComparison.Ordinal))
            {
                report.Add(line[TestPrefix.Length..].TrimEnd('\r'));
            }
            else if (line.StartsWith("#denali-test", StringComparison.Ordinal))
            {
                throw new FormatException($"a frame of another version: {line}");
            }
        }

        report.CheckComplete();
        return report;
    }

    /// <summary>Reads the numbers that a guest gave.</summary>
    /// <exception cref="FormatException">A line is no name and number, or a name occurs twice.</exception>
    internal static IReadOnlyDictionary<string, ulong> Values(string output)
    {
        var values = new Dictionary<string, ulong>();
        foreach (string line in output.Split('\n'))
        {
            if (!line.StartsWith(ValuePrefix, StringComparison.Ordinal))
            {
                continue;
            }

            string[] parts = line[ValuePrefix.Length..].TrimEnd('\r').Split(' ');
            if (parts.Length != 2
                || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong value)
                || !values.TryAdd(parts[0], value))
            {
                throw new FormatException($"no name and number, or told twice: {line}");
            }
        }

        return values;
    }
}
