// SPDX-License-Identifier: MIT
using Denali.Kernel.Machines;

namespace Denali.Kernel.Network;

/// <summary>What the switch knows of a VM. Only the VM's worker touches it, but for the fields that say
/// otherwise.</summary>
internal struct PortRecord
{
    /// <summary>Number of the VM that is attached, 0 for none. Any thread may read it.</summary>
    internal ulong MachineId;

    /// <summary>Isolation group. Any thread may read it; it is set before <see cref="MachineId"/>.</summary>
    internal uint Group;

    /// <summary>It may reach the world outside. Any thread may read it, as the group.</summary>
    internal bool AllowsOutbound;

    /// <summary>What holds up the transmit ring.</summary>
    internal TransmitState Transmit;

    /// <summary>Bytes that it may still send in its turn.</summary>
    internal int Deficit;

    /// <summary>Links of the one list that it is in, as <see cref="Transmit"/> says.</summary>
    internal int Next;

    /// <summary>See <see cref="Next"/>.</summary>
    internal int Previous;

    /// <summary>Which slot of the throttle wheel it is in.</summary>
    internal int ThrottleSlot;

    /// <summary>First buffer of the receive queue, or <see cref="MachineRecord.None"/>.</summary>
    internal int QueueFirst;

    /// <summary>Last buffer of the receive queue.</summary>
    internal int QueueLast;

    /// <summary>Frames in the receive queue.</summary>
    internal int QueueFrames;

    /// <summary>Bytes of the buffers in the receive queue.</summary>
    internal int QueueBytes;

    /// <summary>From when on its rates let it send what is first in its ring, if it was throttled.</summary>
    internal ulong ReadyNs;

    /// <summary>Limit of bytes.</summary>
    internal RateLimit ByteRate;

    /// <summary>Limit of frames.</summary>
    internal RateLimit FrameRate;

    /// <summary>Any thread may read them.</summary>
    internal NetworkCounters Counters;
}
