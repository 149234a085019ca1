// SPDX-License-Identifier: MIT
namespace Denali.Kernel.Network;

/// <summary>What went through a VM's network interface, or through all of them.</summary>
/// <remarks>A copy: the numbers are read one after the other while they may go on counting.</remarks>
public struct NetworkCounters
{
    /// <summary>Frames sent, a large one counting as one.</summary>
    public ulong FramesSent;

    /// <summary>Bytes of those frames.</summary>
    public ulong BytesSent;

    /// <summary>Frames received.</summary>
    public ulong FramesReceived;

    /// <summary>Bytes of those frames.</summary>
    public ulong BytesReceived;

    private DropCounters _drops;

    /// <summary>Frames dropped, for whatever reason.</summary>
    public readonly ulong Dropped
    {
        get
        {
            ulong sum = 0;
            for (int i = 0; i < DropCounters.Length; i++)
            {
                sum += _drops[i];
            }

            return sum;
        }
    }

    /// <summary>Frames dropped for one reason.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>How many.</returns>
    public readonly ulong DroppedFor(DropReason reason) => _drops[(int)reason];

    internal void CountSent(int bytes)
    {
        FramesSent++;
        BytesSent += (uint)bytes;
    }

    internal void CountReceived(int bytes)
    {
        FramesReceived++;
        BytesReceived += (uint)bytes;
    }

    internal void CountDrop(DropReason reason) => _drops[(int)reason]++;

    internal void Add(in NetworkCounters other)
    {
        FramesSent += other.FramesSent;
        BytesSent += other.BytesSent;
        FramesReceived += other.FramesReceived;
        BytesReceived += other.BytesReceived;
        for (int i = 0; i < DropCounters.Length; i++)
        {
            _drops[i] += other._drops[i];
        }
    }
}
