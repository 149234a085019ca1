// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Machines;

/// <summary>Why a VM ended.</summary>
public enum ExitCause
{
    /// <summary>It issued the terminate instruction.</summary>
    Terminated,

    /// <summary>It did something that it may not do, or gave up; there is a report.</summary>
    Faulted,

    /// <summary>It touched more memory than its limit, or its own allocator had nothing left.</summary>
    OutOfMemory,

    /// <summary>It was killed from outside.</summary>
    Killed,

    /// <summary>It had become ready, and a template was made of it.</summary>
    Captured,

    /// <summary>It was in the swap file, and could not be read back as it had been.</summary>
    SwapLost,

    /// <summary>It is in the swap file, from which a later kernel can resume it.</summary>
    Saved,
}
