// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// A worker's buffers for frames that a VM has no room for yet. Buffers are made when they are first needed and kept;
/// their number is bounded. A buffer is named by a number, so that queues are threaded through the pool.
/// </summary>
internal sealed class FramePool
{
    /// <summary>Holds a frame of the MTU.</summary>
    internal const int SmallBytes = 2048;

    /// <summary>Holds a few segments in one.</summary>
    internal const int MediumBytes = 16 * 1024;

    /// <summary>Holds every frame.</summary>
    internal const int LargeBytes = (int)NicDescriptor.FrameMaxBytes;

    // Together 28 MiB per worker: 4,096 VMs that each wait for one frame, and 256 large frames under way.
    private const int SmallCount = 4096;
    private const int MediumCount = 256;
    private const int LargeCount = 256;
    private const int Count = SmallCount + MediumCount + LargeCount;

    private readonly byte[]?[] _buffers = new byte[Count][];
    private readonly Entry[] _entries = new Entry[Count];
    private readonly int[] _free = [MachineRecord.None, MachineRecord.None, MachineRecord.None];
    private readonly int[] _made = [0, SmallCount, SmallCount + MediumCount];

    /// <summary>Buffers that hold a frame.</summary>
    internal int InUse { get; private set; }

    /// <summary>Takes a buffer that is large enough.</summary>
    /// <param name="bytes">Length of the frame, at most <see cref="LargeBytes"/>.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <returns>Its number, or <see cref="MachineRecord.None"/> if there is none left.</returns>
    internal int Rent(int bytes, in FrameOffload offload)
    {
        int kind = KindFor(bytes);
        int number = _free[kind];
        if (number != MachineRecord.None)
        {
            _free[kind] = _entries[number].Next;
        }
        else if (_made[kind] < EndOf(kind))
        {
            number = _made[kind]++;
            _buffers[number] = GC.AllocateUninitializedArray<byte>(BytesOf(kind));
        }
        else
        {
            return MachineRecord.None;
        }

        _entries[number] = new Entry { LengthBytes = bytes, Offload = offload, Next = MachineRecord.None };
        InUse++;
        return number;
    }

    /// <summary>Gives a buffer back.</summary>
    internal void Return(int number)
    {
        int kind = KindOf(number);
        _entries[number].Next = _free[kind];
        _free[kind] = number;
        InUse--;
    }

    /// <summary>The frame in a buffer.</summary>
    internal Span<byte> Frame(int number) => _buffers[number].AsSpan(0, _entries[number].LengthBytes);

    /// <summary>What travels beside the frame.</summary>
    internal ref readonly FrameOffload Offload(int number) => ref _entries[number].Offload;

    /// <summary>The next in the same queue.</summary>
    internal ref int Next(int number) => ref _entries[number].Next;

    /// <summary>Bytes of the buffer.</summary>
    internal static int CapacityOf(int number) => BytesOf(KindOf(number));

    private static int KindFor(int bytes) => bytes <= SmallBytes ? 0 : bytes <= MediumBytes ? 1 : 2;

    private static int KindOf(int number) => number < SmallCount ? 0 : number < SmallCount + MediumCount ? 1 : 2;

    private static int BytesOf(int kind) => kind switch { 0 => SmallBytes, 1 => MediumBytes, _ => LargeBytes };

    private static int EndOf(int kind) =>
        kind switch { 0 => SmallCount, 1 => SmallCount + MediumCount, _ => Count };

    private struct Entry
    {
        internal int LengthBytes;
        internal int Next;
        internal FrameOffload Offload;
    }
}
