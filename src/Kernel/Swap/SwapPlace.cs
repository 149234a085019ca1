// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Swap;

/// <summary>Where a VM's record is in the swap file, as far as the kernel's own memory knows.</summary>
/// <param name="Block">Its first block, which says where the others are.</param>
/// <param name="Bytes">Its length in bytes; 0 if the VM has no pages of its own.</param>
internal readonly record struct SwapPlace(uint Block, long Bytes);
