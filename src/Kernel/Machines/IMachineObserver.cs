// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Denali.Kernel.Machines;

/// <summary>Who is told what a VM does. One object may observe many VMs.</summary>
public interface IMachineObserver
{
    /// <summary>
    /// Takes console output. Called by the VM's worker: must not block, must not throw. What is not taken stays in the
    /// VM's ring until <see cref="IsolationKernel.ResumeConsole"/> is called.
    /// </summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="output">The bytes; valid during the call.</param>
    /// <returns>How many bytes were taken, from the start.</returns>
    int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output);

    /// <summary>
    /// The VM's ring took console input: whoever sends it may send more. What it does not take waits in the kernel's
    /// memory, without limit. Called by the VM's worker: must not block.
    /// </summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="bytes">How many bytes were taken.</param>
    void OnConsoleInputTaken(ulong machineId, int bytes)
    {
    }

    /// <summary>The VM issued the ready instruction: it has booted. One that was not made of a template may do so
    /// twice, see there. Called by the VM's worker: must not block.</summary>
    /// <param name="machineId">The VM.</param>
    void OnReady(ulong machineId)
    {
    }

    /// <summary>
    /// A DHCP server gave the VM another IPv4 address, or it has none any more. Called by a worker, not always the
    /// VM's: must not block, must not throw, and must not call the kernel.
    /// </summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="address">Its address; 0.0.0.0 for none.</param>
    void OnAddressChanged(ulong machineId, IpAddress address)
    {
    }

    /// <summary>The VM ended, all its memory is given back. Called once, by the kernel's janitor
    /// thread. Must not throw: an exception there ends the process.</summary>
    /// <param name="exit">How.</param>
    void OnEnded(MachineExit exit);
}
