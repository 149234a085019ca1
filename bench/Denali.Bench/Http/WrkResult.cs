// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Denali.Bench.Http;

/// <summary>What wrk has measured.</summary>
/// <param name="RequestsPerSecond">Answers per second.</param>
/// <param name="P99Us">The 99th percentile of the time to an answer, in microseconds.</param>
/// <param name="Requests">All answers.</param>
/// <param name="Errors">Connections that failed, and answers of another status than 2xx and 3xx.</param>
internal readonly record struct WrkResult(double RequestsPerSecond, double P99Us, long Requests, long Errors)
{
    /// <summary>How the line begins that <see cref="Parse"/> looks for.</summary>
    internal const string Mark = "denali-bench";

    /// <summary>
    /// What wrk is to do when it is done: numbers with one meaning, where its own text has units that change.
    /// </summary>
    internal const string Script =
        $$"""
        done = function(summary, latency, requests)
            local e = summary.errors
            io.write(string.format("{{Mark}} %d %d %d %d\n", summary.requests, summary.duration,
                latency:percentile(99), e.connect + e.read + e.write + e.status))
        end

        """;

    /// <summary>Reads what the script has written.</summary>
    /// <exception cref="IOException">It is not there, or nothing was answered.</exception>
    internal static WrkResult Parse(string output)
    {
        string[] fields = output.Split('\n')
            .LastOrDefault(line => line.StartsWith(Mark, StringComparison.Ordinal))?.Split(' ') ?? [];
        long[] numbers = new long[4];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (fields.Length != numbers.Length + 1
                || !long.TryParse(fields[i + 1], CultureInfo.InvariantCulture, out numbers[i]))
            {
                throw new IOException($"wrk has not said what it has measured: {output.Trim()}");
            }
        }

        return numbers[0] > 0 && numbers[1] > 0
            ? new WrkResult(numbers[0] * 1e6 / numbers[1], numbers[2], numbers[0], numbers[3])
            : throw new IOException($"wrk got no answer: {output.Trim()}");
    }
}
