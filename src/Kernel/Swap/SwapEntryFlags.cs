// SPDX-License-Identifier: MIT
using System;

namespace Denali.Kernel.Swap;

/// <summary>In which state a VM was when it was written to the swap file.</summary>
[Flags]
internal enum SwapEntryFlags : byte
{
    /// <summary>It idled, and nothing had happened for it.</summary>
    None = 0,

    /// <summary>It had never run: there is no record.</summary>
    Fresh = 1,

    /// <summary>It was in the middle of its code: its registers are in the record.</summary>
    Interrupted = 2,

    /// <summary>It was to run, or its devices had work left: it runs when it is resumed.</summary>
    Runnable = 4,

    /// <summary>It had used its disks.</summary>
    UsedDisks = 8,
}
