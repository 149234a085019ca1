// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Engine;
using Denali.Hardware;

namespace Denali.Kernel.Scheduling;

/// <summary>Delivers interrupts to a VM that was taken off the processor in the middle of its code.</summary>
internal static class Upcall
{
    private const ulong ReservedFlag = 0x2;

    /// <summary>
    /// Pushes the interrupted state and points the VM at its upcall entry, if it has enabled interrupts, is not inside
    /// the instruction page, and its stack can take the frame. Otherwise the interrupts stay pending.
    /// </summary>
    /// <param name="slot">The slot of the VM, whose last exit was an interruption.</param>
    /// <returns>Whether the upcall was started.</returns>
    internal static bool TryStart(IExecutionSlot slot) => TryStart(slot, out _);

    /// <summary>As above.</summary>
    /// <param name="slot">The slot of the VM, whose last exit was an interruption.</param>
    /// <param name="missing">
    /// Where the frame would be, if it was refused only because the guest cannot write there at this moment; else 0.
    /// </param>
    /// <returns>Whether the upcall was started.</returns>
    internal static bool TryStart(IExecutionSlot slot, out ulong missing)
    {
        missing = 0;
        ref RegisterPage page = ref slot.Memory.Registers;
        ulong entry = page.UpcallEntry;
        if (page.InterruptEnable != 1 || entry == 0 || !slot.Memory.Contains(entry, 1))
        {
            return false;
        }

        GuestRegisters registers = slot.ReadRegisters();
        bool inInstructionPage =
            registers.Rip - AddressMap.InstructionPageBase < AddressMap.PageBytes;
        ulong frame = (registers.Rsp - UpcallFrame.RedZoneBytes - UpcallFrame.SizeOf) & ~15UL;
        if (inInstructionPage
            || !slot.Memory.Contains(registers.Rip, 1)
            || !slot.Memory.Contains(frame, UpcallFrame.SizeOf))
        {
            return false;
        }

        if (!slot.IsAccessible(frame, UpcallFrame.SizeOf, write: true))
        {
            missing = frame;
            return false;
        }

        Span<byte> bytes = stackalloc byte[UpcallFrame.SizeOf];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, registers.Rip);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], UpcallFrame.CodeSelector);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], registers.Rflags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], registers.Rsp);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[32..], UpcallFrame.StackSelector);
        if (!slot.Memory.TryWrite(frame, bytes))
        {
            return false;
        }

        page.InterruptEnable = 0;
        registers.Rip = entry;
        registers.Rsp = frame;
        registers.Rflags = ReservedFlag;
        slot.WriteRegisters(registers);
        return true;
    }
}
