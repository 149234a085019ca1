// SPDX-License-Identifier: MIT
using Denali.Kernel.Swap;

namespace Denali.Kernel;

/// <summary>Where a kernel keeps VMs that its memory has no room for, and that are to outlive it.</summary>
public sealed class SwapOptions
{
    /// <summary>The file. It is made if there is none; if there is one, the VMs in it can be resumed.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// Most bytes that VMs take in it, up to 1 TiB; by default 64 GiB. What is in the file stays there, also if it is
    /// more. The file's directory comes on top, with 128 bytes for each.
    /// </summary>
    public ulong MaxBytes { get; init; } = 64UL << 30;

    /// <summary>In place of the file: what a test wants to fail.</summary>
    internal ISwapDevice? Device { get; init; }
}
