// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The virtual instructions: calls into the instruction page, whose code the execution engine supplies.</summary>
/// <remarks>
/// They are calls like any other: the callee-saved registers survive and everything else does not, which is what lets
/// the kernel park a VM that idles without saving its registers.
/// </remarks>
public static unsafe class VirtualInstructions
{
    /// <summary>Halts until an interrupt is pending or the deadline passes.</summary>
    /// <param name="deadlineNs">Monotonic time in nanoseconds; <see cref="InstructionPage.Never"/> for none.</param>
    /// <returns>What is pending; taking it clears it.</returns>
    public static InterruptBits Idle(ulong deadlineNs) =>
        (InterruptBits)((delegate* unmanaged[SuppressGCTransition]<ulong, ulong>)InstructionPage.IdleEntry)(deadlineNs);

    /// <summary>Ends this VM.</summary>
    /// <param name="code">Its exit code.</param>
    [DoesNotReturn]
    public static void Terminate(uint code)
    {
        while (true)
        {
            ((delegate* unmanaged[SuppressGCTransition]<ulong, void>)InstructionPage.TerminateEntry)(code);
        }
    }

    /// <summary>Gives up the rest of the quantum and stays runnable.</summary>
    public static void Yield() =>
        ((delegate* unmanaged[SuppressGCTransition]<void>)InstructionPage.YieldEntry)();

    /// <summary>Asks the kernel to look at a device's rings now instead of when the VM next leaves the processor.</summary>
    /// <param name="device">The device.</param>
    public static void Doorbell(Device device) =>
        ((delegate* unmanaged[SuppressGCTransition]<ulong, void>)InstructionPage.DoorbellEntry)((ulong)device);

    /// <summary>Boot is finished: the state after this call is what clones start from.</summary>
    /// <returns>What is pending; taking it clears it.</returns>
    public static InterruptBits Ready() =>
        (InterruptBits)((delegate* unmanaged[SuppressGCTransition]<ulong>)InstructionPage.ReadyEntry)();

    /// <summary>Gives up: ends this VM with a message in the kernel's log.</summary>
    /// <param name="code">Why.</param>
    /// <param name="message">What happened, in UTF-8.</param>
    [DoesNotReturn]
    public static void Fault(FaultCode code, ReadOnlySpan<byte> message)
    {
        fixed (byte* text = message)
        {
            while (true)
            {
                ((delegate* unmanaged[SuppressGCTransition]<ulong, ulong, ulong, void>)InstructionPage.FaultEntry)(
                    (ulong)code, (ulong)text, (uint)message.Length);
            }
        }
    }
}
