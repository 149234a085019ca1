// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Kernel.Templates;

/// <summary>What the kernel knows of a template besides its memory.</summary>
internal sealed record TemplateFacts
{
    /// <summary>Whether VMs made of it have a network interface.</summary>
    internal required bool HasNetwork { get; init; }

    /// <summary>Whether the VM that was captured had disks.</summary>
    internal required bool HasDisks { get; init; }

    /// <summary>
    /// Lengths, in sectors, of the disks that VMs made of it must have, if the captured VM had used its disks; they
    /// must hold the same too, because its memory may hold some of it. Null if it had not: then any will do.
    /// </summary>
    internal IReadOnlyList<ulong>? DiskSectors { get; init; }

    /// <summary>Boot arguments of the VM that was captured, as far as they are known.</summary>
    internal IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>When it was captured, in nanoseconds of the kernel's clock.</summary>
    internal required ulong CapturedNs { get; init; }
}
