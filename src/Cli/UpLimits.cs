// SPDX-License-Identifier: MIT
using Denali.Kernel;

namespace Denali.Cli;

/// <summary>What <c>denali up</c> may take of the machine; null where the kernel finds out itself.</summary>
/// <param name="Slots">Most execution slots.</param>
/// <param name="ParkedBytes">Most bytes that are kept of parked VMs in memory.</param>
/// <param name="SwapBytes">Most bytes that VMs take in the swap file.</param>
internal sealed record UpLimits(int? Slots, ulong? ParkedBytes, ulong? SwapBytes)
{
    /// <summary>Makes the settings of a kernel.</summary>
    /// <param name="swapPath">The swap file, or null for none.</param>
    /// <param name="tapName">The TAP interface, or null for none.</param>
    internal KernelOptions ToKernelOptions(string? swapPath, string? tapName)
    {
        var usual = new KernelOptions();
        var usualSwap = new SwapOptions { Path = swapPath ?? "" };
        return new KernelOptions
        {
            TapName = tapName,
            SlotLimit = Slots ?? usual.SlotLimit,
            ParkedLimitBytes = ParkedBytes ?? usual.ParkedLimitBytes,
            Swap = swapPath is null ? null
                : new SwapOptions { Path = swapPath, MaxBytes = SwapBytes ?? usualSwap.MaxBytes },
        };
    }
}
