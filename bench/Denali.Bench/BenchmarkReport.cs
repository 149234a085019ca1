// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Bench;

/// <summary>A benchmark's result as it is written with <c>--json</c>. The shape is the contract of all
/// benchmarks.</summary>
/// <param name="Benchmark">Its name.</param>
/// <param name="Command">The command line that made it.</param>
/// <param name="Commit">The revision that was measured, or "unknown".</param>
/// <param name="Machine">Processor, cores and memory.</param>
/// <param name="Kernel">Release of Linux.</param>
/// <param name="Date">When, in UTC, ISO 8601.</param>
/// <param name="Results">The figures.</param>
public sealed record BenchmarkReport(
    string Benchmark,
    string Command,
    string Commit,
    string Machine,
    string Kernel,
    string Date,
    IReadOnlyList<BenchmarkRow> Results);
