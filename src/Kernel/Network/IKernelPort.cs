// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>What is behind the gateway's address: a network stack in the kernel's process, or an uplink.</summary>
public interface IKernelPort
{
    /// <summary>
    /// Takes a frame that a VM sent to the gateway. Its source addresses are the VM's own, and its IP destination is no
    /// VM. Called by the VM's worker, so by several threads at a time: must not block, must not throw. It may call
    /// <see cref="VirtualSwitch.TryInject(in OutgoingFrame)"/>.
    /// </summary>
    /// <param name="frame">The whole frame, valid during the call.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <param name="machineId">The VM that sent it.</param>
    void Receive(ReadOnlySpan<byte> frame, in FrameOffload offload, ulong machineId);

    /// <summary>
    /// There is room again, after <see cref="VirtualSwitch.TryInject(in OutgoingFrame)"/> had refused a frame. Called
    /// by a worker: must not block, must not throw.
    /// </summary>
    void OnRoom()
    {
    }

    /// <summary>
    /// A VM has ended: nobody has its addresses now. Called by a worker: must not block, must not throw.
    /// </summary>
    /// <param name="index">Its index, which another VM may get later.</param>
    void OnEnded(int index)
    {
    }
}
