// SPDX-License-Identifier: MIT
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

    // Stacks below this index have been used; the others follow in order.
    private static uint s_fresh = 1;

    // Index of the free stack that was used last, plus one; the topmost word of a free stack names the next like that.
    private static uint s_freePlusOne;

    /// <summary>Stacks that were ever used.</summary>
    internal static uint TouchedCount => s_fresh;

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

        return s_fresh < VirtualRegisters.Page->StackCount ? s_fresh++ : None;
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

    private static byte* TopOf(uint index)
    {
        RegisterPage* registers = VirtualRegisters.Page;
        return (byte*)(registers->MemoryBytes - ((ulong)index * registers->StackBytes));
    }

    private static ref uint TopmostWord(uint index) => ref ((uint*)TopOf(index))[-1];
}
