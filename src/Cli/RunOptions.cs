// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Denali.Cli;

/// <summary>What the user asked of <c>denali run</c>.</summary>
internal sealed class RunOptions
{
    internal required string Image { get; init; }

    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Memory size in bytes, 0 for what the image asks for.</summary>
    internal ulong MemoryBytes { get; init; }

    /// <summary>Most memory to be charged in bytes, 0 for the memory size.</summary>
    internal ulong LimitBytes { get; init; }

    internal int Count { get; init; } = 1;

    internal TimeSpan? Timeout { get; init; }

    internal bool ShowStatistics { get; init; }

    /// <summary>Files that are disks of every VM.</summary>
    internal IReadOnlyList<DiskOption> Disks { get; init; } = [];

    internal NetworkRunOptions Network { get; init; } = new();
}
