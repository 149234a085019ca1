// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Swap;

/// <summary>What a VM has to do with the swap file.</summary>
internal enum SwapState : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is being written; its memory is here as well. It must not run.</summary>
    Leaving,

    /// <summary>It is in the file.</summary>
    Swapped,

    /// <summary>It is being read, or erased.</summary>
    Returning,

    /// <summary>Its memory is here. The file may hold it as well, because the device refused to erase it: that is to be
    /// done before it runs, or is written again.</summary>
    Unclear,
}
