// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>A neighbour.</summary>
internal struct NeighborEntry
{
    /// <summary>Its address.</summary>
    public IpAddress Address;

    /// <summary>Its hardware address, unless the state is none or incomplete.</summary>
    public MacAddress Mac;

    /// <summary>What is known of it.</summary>
    public NeighborState State;

    /// <summary>It says that it is a router.</summary>
    public bool IsRouter;

    /// <summary>We have looked it up: not only it us.</summary>
    public bool IsWanted;

    /// <summary>Requests sent in this state.</summary>
    public byte Tries;

    /// <summary>Next entry of the same bucket, or of the free list; -1 for none.</summary>
    public int Next;

    /// <summary>Reachable: until when. Incomplete, delay and probe: when something is to be done.</summary>
    public ulong DeadlineNs;

    /// <summary>When it was looked up last.</summary>
    public ulong UsedNs;

    /// <summary>The frame that waits, or null.</summary>
    public byte[]? Pending;

    /// <summary>Bytes of the frame that waits.</summary>
    public int PendingBytes;

    /// <summary>What travels beside the frame that waits.</summary>
    public FrameOffload PendingOffload;
}
