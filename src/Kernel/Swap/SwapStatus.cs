// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Swap;

/// <summary>How an operation on the swap file went.</summary>
internal enum SwapStatus : byte
{
    /// <summary>It is done.</summary>
    Ok,

    /// <summary>There is no room. Nothing was written.</summary>
    Full,

    /// <summary>The device refused, or gave too little. It may be tried again.</summary>
    Failed,

    /// <summary>The device refused, and the VM's entry may be there or not: it is to be erased before the VM runs.
    /// </summary>
    Unclear,

    /// <summary>The device refused to erase what was left at the index, by this VM or by one before it. Nothing was
    /// written.</summary>
    Left,

    /// <summary>What was read is not what was written, or the file ends within it.</summary>
    Damaged,

    /// <summary>It was called off before it began.</summary>
    Cancelled,
}
