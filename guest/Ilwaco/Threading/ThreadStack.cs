// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The stacks in the stack area. Used inside critical sections.</summary>
/// <remarks>
/// The lowest page of each is not mapped, so that an overflow is a fault. The stack that was given back last is given
/// out first, because its pages are committed already; the list of free ones is kept in the stacks themselves.
/// </remarks>
internal static unsafe class ThreadStack
{
    /// <summary>Index of the stack that the VM starts on.</summary>
    internal const uint Boot = 0;

    /// <summary>In place of an index: there is none.</summary>
    internal const uint None = uint.MaxValue;

    private const uint DefaultMxcsr = 0x1F80;
    private const uint DefaultX87Control = 0x037F;

    // What denali_switch pops: control words, six registers, return address.
    private const int FrameWords = 8;
    private const int ReturnAddressWord = 7;

    // Left alone below the stack pointer: room for the frames of what clears.
    private const ulong OwnBytes = 512;

    // Stacks that were ever used besides the boot stack, in order.
    private static uint s_others;

    // Index of the free stack that was used last, plus one; the topmost word of a free stack names the next like that.
    private static uint s_freePlusOne;

    /// <summary>Stacks that were ever used.</summary>
    internal static uint TouchedCount => s_others + 1;

    /// <summary>Takes a stack.</summary>
    /// <returns>Its index, counted from the top of memory, or <see cref="None"/>.</returns>
    internal static uint Take()
    {
        if (s_freePlusOne != 0)
        {
            uint index = s_freePlusOne - 1;
            s_freePlusOne = TopmostWord(index);
            return index;
        }

        return s_others + 1 < VirtualRegisters.Page->StackCount ? ++s_others : None;
    }

    /// <summary>Gives a stack back that nobody runs on any more.</summary>
    /// <param name="index">Its index.</param>
    internal static void Release(uint index)
    {
        TopmostWord(index) = s_freePlusOne;
        s_freePlusOne = index + 1;
    }

    /// <summary>Makes a stack look as if the thread had switched away just before its first instruction.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>The stack pointer to switch to.</returns>
    internal static void* Prepare(uint index)
    {
        // Two words stay unused, so that the stack pointer is aligned as the calling convention wants it.
        ulong* frame = (ulong*)TopOf(index) - 2 - FrameWords;
        for (int i = 0; i < FrameWords; i++)
        {
            frame[i] = 0;
        }

        frame[0] = DefaultMxcsr | ((ulong)DefaultX87Control << 32);
        frame[ReturnAddressWord] = (ulong)Native.ThreadStartAddress();
        return frame;
    }

    /// <summary>
    /// Clears what calls that have returned left below the stack pointer, in its page and the one below. A VM that
    /// idles is kept as what differs from its template: this would be a good part of it, and means nothing.
    /// </summary>
    internal static void ClearUnused()
    {
        byte here = 0;
        ulong end = (ulong)&here - OwnBytes;
        ulong page = end & ~(ulong)(AddressMap.PageBytes - 1);
        new Span<byte>((void*)page, (int)(end - page)).Clear();

        // The page below is there if it was committed with this one and is not the guard. What was never written is
        // only read.
        RegisterPage* registers = VirtualRegisters.Page;
        ulong below = page - AddressMap.PageBytes;
        bool isThere = page % AddressMap.ChunkBytes != 0
            && (below - registers->StackAreaBase) % registers->StackBytes >= AddressMap.PageBytes;
        if (isThere)
        {
            var unused = new Span<byte>((void*)below, (int)AddressMap.PageBytes);
            if (!IsZero(unused))
            {
                unused.Clear();
            }
        }
    }

    private static bool IsZero(ReadOnlySpan<byte> page)
    {
        ulong bits = 0;
        fixed (byte* first = page)
        {
            for (int i = 0; i < page.Length / sizeof(ulong); i++)
            {
                bits |= ((ulong*)first)[i];
            }
        }

        return bits == 0;
    }

    private static byte* TopOf(uint index)
    {
        RegisterPage* registers = VirtualRegisters.Page;
        return (byte*)(registers->MemoryBytes - ((ulong)index * registers->StackBytes));
    }

    private static ref uint TopmostWord(uint index) => ref ((uint*)TopOf(index))[-1];
}
