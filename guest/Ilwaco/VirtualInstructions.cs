// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The virtual instructions: calls into the instruction page, whose code the engine supplies.</summary>
/// <remarks>
/// They are calls like any other: the callee-saved registers survive and everything else does not, which is what lets
/// the kernel park a VM that idles without saving its registers. To idle is for the scheduler alone.
/// </remarks>
public static unsafe class VirtualInstructions
{
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

    /// <summary>Gives up the rest of the VM's quantum; the VM stays runnable, and so does the thread.</summary>
    public static void Yield()
    {
        // What becomes pending during an instruction comes with no upcall: leaving the section takes it.
        CriticalSection.Enter();
        ((delegate* unmanaged[SuppressGCTransition]<void>)InstructionPage.YieldEntry)();
        CriticalSection.Leave();
    }

    /// <summary>Asks the kernel to look at a device's rings now, not when the VM next leaves the processor.</summary>
    /// <param name="device">The device.</param>
    public static void Doorbell(Device device)
    {
        CriticalSection.Enter();
        ((delegate* unmanaged[SuppressGCTransition]<ulong, void>)InstructionPage.DoorbellEntry)((ulong)device);
        CriticalSection.Leave();
    }

    /// <summary>Boot is finished: the state after this call is what clones start from.</summary>
    /// <remarks>
    /// Nothing calls it by itself. An application does, in any thread, when it has prepared what all clones share and
    /// holds nothing that must differ between them; it is a place at which the VM may wait for long. If a clone then
    /// has to prepare what is its own, such as its disk, the application calls it once more when that is done.
    /// </remarks>
    public static void Ready()
    {
        CriticalSection.Enter();
        Interrupts.Handle((InterruptBits)Native.Ready());
        CriticalSection.Leave();
    }

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
