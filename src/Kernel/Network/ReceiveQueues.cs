// SPDX-License-Identifier: MIT
using Denali.Kernel.Machines;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>The receive queues of a worker's VMs: frames for which a VM's ring had no room.</summary>
internal sealed class ReceiveQueues(PortTable ports)
{
    /// <summary>Most frames that wait for one VM: as many as a burst of small ones while it does not run.</summary>
    internal const int FrameMax = 256;

    /// <summary>Most bytes of buffers that wait for one VM: a burst of TCP, and a small part of the pool.</summary>
    internal const int ByteMax = 512 * 1024;

    private readonly FramePool _pool = new();

    /// <summary>Buffers that hold a frame.</summary>
    internal int BuffersInUse => _pool.InUse;

    internal FramePool Pool => _pool;

    /// <summary>Puts a frame at the end of a queue.</summary>
    /// <typeparam name="TSource">Where it comes from.</typeparam>
    /// <param name="index">The VM.</param>
    /// <param name="source">The frame.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <param name="reason">Why not.</param>
    /// <returns>False if there is no room for it.</returns>
    internal bool TryAdd<TSource>(int index, in TSource source, in FrameOffload offload, out DropReason reason)
        where TSource : struct, IFrameSource, allows ref struct
    {
        ref PortRecord port = ref ports[index];
        reason = DropReason.QueueFull;
        if (port.QueueFrames == FrameMax || port.QueueBytes >= ByteMax)
        {
            return false;
        }

        int buffer = _pool.Rent(source.LengthBytes, offload);
        if (buffer == MachineRecord.None)
        {
            reason = DropReason.NoBuffer;
            return false;
        }

        source.CopyTo(0, _pool.Frame(buffer));
        if (port.QueueFirst == MachineRecord.None)
        {
            port.QueueFirst = buffer;
        }
        else
        {
            _pool.Next(port.QueueLast) = buffer;
        }

        port.QueueLast = buffer;
        port.QueueFrames++;
        port.QueueBytes += FramePool.CapacityOf(buffer);
        return true;
    }

    /// <summary>Removes the first frame of a queue that has one.</summary>
    internal void RemoveFirst(int index)
    {
        ref PortRecord port = ref ports[index];
        int buffer = port.QueueFirst;
        port.QueueFirst = _pool.Next(buffer);
        port.QueueFrames--;
        port.QueueBytes -= FramePool.CapacityOf(buffer);
        _pool.Return(buffer);
    }

    /// <summary>Takes a whole queue away from its VM.</summary>
    /// <returns>The first buffer, or <see cref="MachineRecord.None"/>.</returns>
    internal int Detach(int index)
    {
        ref PortRecord port = ref ports[index];
        int first = port.QueueFirst;
        port.QueueFirst = MachineRecord.None;
        port.QueueLast = MachineRecord.None;
        port.QueueFrames = 0;
        port.QueueBytes = 0;
        return first;
    }

    /// <summary>Drops all that waits for a VM.</summary>
    /// <returns>How many frames.</returns>
    internal int Clear(int index)
    {
        int count = ports[index].QueueFrames;
        for (int buffer = Detach(index); buffer != MachineRecord.None;)
        {
            int next = _pool.Next(buffer);
            _pool.Return(buffer);
            buffer = next;
        }

        return count;
    }
}
