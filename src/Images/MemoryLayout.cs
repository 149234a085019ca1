// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Denali.Images;

/// <summary>Where heap and stacks of one VM lie, for an image and a memory size. All numbers are guest addresses or
/// bytes.</summary>
/// <param name="MemoryBytes">Memory size; a multiple of the chunk size.</param>
/// <param name="HeapBase">First byte of the heap: the page behind the image.</param>
/// <param name="StackAreaBase">End of the heap and lowest byte of the stack area, which ends at
/// <paramref name="MemoryBytes"/>; page-aligned.</param>
/// <param name="StackBytes">Bytes per stack, including the unmapped guard page at its low end.</param>
/// <param name="StackCount">Number of stacks; the topmost is the boot stack.</param>
public readonly record struct MemoryLayout(
    ulong MemoryBytes, ulong HeapBase, ulong StackAreaBase, uint StackBytes, uint StackCount)
{
    /// <summary>Bytes of the heap, possibly 0.</summary>
    public ulong HeapBytes => StackAreaBase - HeapBase;

    /// <summary>Where the boot stack begins to grow downwards: the end of memory.</summary>
    public ulong BootStackTop => MemoryBytes;

    /// <summary>Whether an address lies in the unmapped page at the low end of a stack.</summary>
    /// <param name="address">Any guest address.</param>
    /// <returns>True in a guard page of the stack area.</returns>
    public bool IsStackGuard(ulong address) =>
        IsInStackArea(address) && (address - StackAreaBase) % StackBytes < AddressMap.PageBytes;

    /// <summary>Whether an address lies in the stack area, guard pages included.</summary>
    /// <param name="address">Any guest address.</param>
    /// <returns>True from <see cref="StackAreaBase"/> up to, not including, <see cref="MemoryBytes"/>.</returns>
    public bool IsInStackArea(ulong address) => address >= StackAreaBase && address < MemoryBytes;
}
