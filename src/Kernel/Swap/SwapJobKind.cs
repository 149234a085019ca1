// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Swap;

/// <summary>What is to be done with the swap file.</summary>
internal enum SwapJobKind : byte
{
    /// <summary>Write a VM.</summary>
    Write,

    /// <summary>Read a VM, and erase it.</summary>
    Read,

    /// <summary>Erase a VM.</summary>
    Erase,

    /// <summary>Say of a VM that is in the file what has happened for it since.</summary>
    Mark,
}
