// SPDX-License-Identifier: MIT
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>What is said beside a frame in a <see cref="FrameRing"/>.</summary>
internal struct RingFrame
{
    /// <summary>Bytes of the frame.</summary>
    internal int LengthBytes;

    /// <summary>Index of the VM that it is for; or, in a capture, of the one that it came from.</summary>
    internal int Index;

    /// <summary>Number of that VM: the index may have passed to another one.</summary>
    internal ulong MachineId;

    /// <summary>When it was put in, nanoseconds.</summary>
    internal ulong TimeNs;

    /// <summary>What travels beside it.</summary>
    internal FrameOffload Offload;
}
