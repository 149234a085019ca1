// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Denali.Hardware;

namespace Denali.Kernel.Scheduling;

/// <summary>Copies what a fault report needs out of a VM, before its memory is given back.</summary>
internal static class FaultCapture
{
    /// <summary>Takes a snapshot.</summary>
    /// <param name="slot">The VM's slot.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="message">The guest's own message.</param>
    /// <returns>The snapshot.</returns>
    internal static FaultSnapshot Take(IExecutionSlot slot, in EngineFault fault, byte[] message) => new()
    {
        Vector = fault.Vector,
        ErrorCode = fault.ErrorCode,
        Address = fault.Address,
        Registers = fault.Registers,
        Code = ReadMapped(slot, fault.Registers.Rip, FaultSnapshot.CodeMaxBytes),
        StackAddress = fault.Registers.Rsp,
        Stack = ReadMapped(slot, fault.Registers.Rsp, FaultSnapshot.StackMaxBytes),
        Message = message,
    };

    /// <summary>Reads up to the first page that the guest itself could not read.</summary>
    private static byte[] ReadMapped(IExecutionSlot slot, ulong address, int bytes)
    {
        ulong end = address;
        while (end - address < (ulong)bytes)
        {
            ulong step = Math.Min(AddressMap.PageBytes - (end % AddressMap.PageBytes), (ulong)bytes - (end - address));
            if (!slot.IsAccessible(end, step, write: false))
            {
                break;
            }

            end += step;
        }

        byte[] read = new byte[end - address];
        return slot.Memory.TryRead(address, read) ? read : [];
    }
}
