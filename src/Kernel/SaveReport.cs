// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Kernel;

/// <summary>What became of the VMs when all were to be saved.</summary>
public sealed class SaveReport
{
    /// <summary>Those that are in the swap file now.</summary>
    public required IReadOnlyList<ulong> Saved { get; init; }

    /// <summary>Those that are not. They end with the kernel.</summary>
    public required IReadOnlyList<UnsavedMachine> Unsaved { get; init; }

    /// <summary>
    /// Whether the file is on the disk as a whole. If not, a kernel finds the VMs in it until the host goes down.
    /// </summary>
    public required bool IsDurable { get; init; }
}
