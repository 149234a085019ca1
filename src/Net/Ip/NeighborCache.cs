// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Net;

/// <summary>
/// The hardware addresses of neighbours: for IPv4 by ARP (RFC 826, RFC 1122 section 2.3.2), for IPv6 by neighbour
/// discovery (RFC 4861 section 7). Both follow the states of neighbour unreachability detection.
/// </summary>
/// <remarks>
/// A neighbour is asked at most once a second. What neighbours tell unasked changes entries but drives none out: an
/// entry of somebody whom we never looked up takes only a free place, and is the first to go. Addresses that do not
/// answer take at most half of the places (RFC 6583 section 6).
/// </remarks>
public sealed class NeighborCache
{
    /// <summary>Time between requests (RFC 1122 section 2.3.2.1; RFC 4861 section 10, RETRANS_TIMER).</summary>
    public const ulong RetransmitNs = 1_000_000_000;

    /// <summary>Requests before a neighbour is given up (RFC 4861 section 10, MAX_MULTICAST_SOLICIT).</summary>
    public const int MaximumTries = 3;

    /// <summary>Mean time for which an answer counts (RFC 4861 section 10, REACHABLE_TIME).</summary>
    public const ulong ReachableNs = 30_000_000_000;

    /// <summary>Time to confirm before a probe (RFC 4861 section 10, DELAY_FIRST_PROBE_TIME).</summary>
    public const ulong DelayNs = 5_000_000_000;

    /// <summary>
    /// Longest frame that waits for an address: any that is not several in one. Longer ones are dropped, because
    /// nobody sends them before a connection exists.
    /// </summary>
    public const int LongestPendingBytes = BufferAllocator.SmallestBytes;

    private readonly BufferAllocator _buffers;
    private readonly INeighborOutput _output;
    private readonly NeighborEntry[] _entries;
    private readonly int[] _buckets;
    private readonly ulong _reachableNs;
    private int _free;
    private int _incomplete;

    /// <summary>Makes a cache.</summary>
    /// <param name="buffers">Where buffers for waiting frames come from.</param>
    /// <param name="random">For the time that an answer counts, which differs from host to host (RFC 4861 section
    /// 6.3.4).</param>
    /// <param name="output">Who sends.</param>
    /// <param name="capacity">Most neighbours; at least 2. Each takes about 100 bytes.</param>
    public NeighborCache(BufferAllocator buffers, RandomSource random, INeighborOutput output, int capacity)
    {
        _buffers = buffers;
        _output = output;
        _entries = new NeighborEntry[capacity];
        _buckets = new int[(int)BitOperations.RoundUpToPowerOf2((uint)capacity)];
        Array.Fill(_buckets, -1);
        for (int index = 0; index < capacity; index++)
        {
            _entries[index].Next = index + 1 < capacity ? index + 1 : -1;
        }

        Span<byte> bytes = stackalloc byte[1];
        random.Fill(bytes);
        _reachableNs = (ReachableNs / 2) + (ReachableNs * bytes[0] / 256);
    }

    /// <summary>Neighbours that are known or asked for.</summary>
    public int Count { get; private set; }

    /// <summary>When <see cref="Poll"/> has something to do; <see cref="ulong.MaxValue"/> for never.</summary>
    public ulong NextDeadlineNs { get; private set; } = ulong.MaxValue;

    /// <summary>The hardware address of a neighbour to send to; if it is not known, it is asked for.</summary>
    /// <param name="address">The neighbour, unicast.</param>
    /// <param name="nowNs">The time.</param>
    /// <param name="mac">Its hardware address.</param>
    /// <param name="isReached">A transport knows that what was sent to it arrives (RFC 4861 section 7.3.1): it is not
    /// asked.</param>
    /// <returns>False if it is not known yet: <see cref="TryKeep"/> what is to be sent.</returns>
    public bool TryLookup(IpAddress address, ulong nowNs, out MacAddress mac, bool isReached = false)
    {
        int index = IndexOf(address);
        if (index < 0)
        {
            index = TakeWanted();
            Insert(index, address);
            _entries[index].State = NeighborState.Incomplete;
            _incomplete++;
            Ask(ref _entries[index], nowNs);
        }

        ref NeighborEntry entry = ref _entries[index];
        entry.IsWanted = true;
        entry.UsedNs = nowNs;
        Age(ref entry, nowNs);
        if (isReached && entry.State != NeighborState.Incomplete)
        {
            SetReachable(ref entry, nowNs);
        }
        else if (entry.State == NeighborState.Stale)
        {
            entry.State = NeighborState.Delay;
            SetTimer(ref entry, nowNs + DelayNs);
        }

        mac = entry.Mac;
        return entry.State != NeighborState.Incomplete;
    }

    /// <summary>
    /// Keeps a frame until the neighbour's address is known. There is one per neighbour: the newest (RFC 1122 section
    /// 2.3.2.2).
    /// </summary>
    /// <param name="address">The neighbour, just looked up.</param>
    /// <param name="frame">The frame; its destination is filled in later.</param>
    /// <returns>False if it was dropped: nobody is being asked, too long, or no memory.</returns>
    public bool TryKeep(IpAddress address, in OutgoingFrame frame)
    {
        int index = IndexOf(address);
        if (index < 0
            || _entries[index].State != NeighborState.Incomplete
            || frame.LengthBytes > LongestPendingBytes
            || frame.LengthBytes < EthernetHeader.SizeBytes)
        {
            return false;
        }

        ref NeighborEntry entry = ref _entries[index];
        entry.Pending ??= _buffers.Rent(LongestPendingBytes);
        if (entry.Pending is null)
        {
            return false;
        }

        Span<byte> bytes = entry.Pending;
        frame.Headers.CopyTo(bytes);
        frame.Payload.CopyTo(bytes[frame.Headers.Length..]);
        frame.PayloadTail.CopyTo(bytes[(frame.Headers.Length + frame.Payload.Length)..]);
        entry.PendingBytes = frame.LengthBytes;
        entry.PendingOffload = frame.Offload;
        return true;
    }

    /// <summary>
    /// A neighbour has asked us, and told who it is: the sender of an ARP request for us, or of a neighbour
    /// solicitation with its hardware address (RFC 826, RFC 4861 section 7.2.3).
    /// </summary>
    /// <param name="address">The neighbour, unicast and on our link.</param>
    /// <param name="mac">Its hardware address; a group's is ignored, because it cannot be anybody's.</param>
    public void Learn(IpAddress address, MacAddress mac)
    {
        if (mac.IsGroup)
        {
            return;
        }

        int index = IndexOf(address);
        if (index < 0)
        {
            // Only into a free place: whoever asks much must not drive out those we talk to.
            index = TakeFree();
            if (index < 0)
            {
                return;
            }

            Insert(index, address);
            _entries[index].Mac = mac;
            _entries[index].State = NeighborState.Stale;
            return;
        }

        ref NeighborEntry entry = ref _entries[index];
        if (entry.State == NeighborState.Incomplete || entry.Mac != mac)
        {
            SetStale(ref entry, mac);
        }
    }

    /// <summary>An ARP reply, or an ARP packet that was not for us (RFC 826; gratuitous: RFC 5227 section 3).</summary>
    /// <param name="address">The sender.</param>
    /// <param name="mac">Its hardware address; a group's is ignored.</param>
    /// <param name="isForUs">It is a reply, and to us: it proves that the neighbour hears us, if it was asked.</param>
    /// <param name="nowNs">The time.</param>
    public void HandleArp(IpAddress address, MacAddress mac, bool isForUs, ulong nowNs)
    {
        int index = IndexOf(address);
        bool wasAsked = index >= 0 && _entries[index].State is NeighborState.Incomplete or NeighborState.Probe;
        if (!mac.IsGroup)
        {
            Update(index, mac, isForUs && wasAsked, isOverride: true, nowNs);
        }
    }

    /// <summary>A neighbour advertisement (RFC 4861 section 7.2.5).</summary>
    /// <param name="message">The message, checked.</param>
    /// <param name="nowNs">The time.</param>
    public void HandleAdvertisement(in NeighborAdvertisement message, ulong nowNs)
    {
        int index = IndexOf(message.Target);
        if (index < 0 || (!message.HasTargetLinkAddress && _entries[index].State == NeighborState.Incomplete))
        {
            return;
        }

        _entries[index].IsRouter = message.IsRouter;
        MacAddress mac = message.HasTargetLinkAddress ? message.TargetLinkAddress : _entries[index].Mac;
        if (!mac.IsGroup)
        {
            Update(index, mac, message.IsSolicited, message.IsOverride, nowNs);
        }
    }

    /// <summary>What is known of a neighbour.</summary>
    /// <param name="address">The neighbour.</param>
    /// <param name="nowNs">The time.</param>
    /// <returns>The state.</returns>
    public NeighborState StateOf(IpAddress address, ulong nowNs)
    {
        int index = IndexOf(address);
        if (index < 0)
        {
            return NeighborState.None;
        }

        Age(ref _entries[index], nowNs);
        return _entries[index].State;
    }

    /// <summary>Does what is due.</summary>
    /// <param name="nowNs">The time.</param>
    /// <returns>When it has something to do next; <see cref="ulong.MaxValue"/> for never.</returns>
    public ulong Poll(ulong nowNs)
    {
        if (nowNs < NextDeadlineNs)
        {
            return NextDeadlineNs;
        }

        for (int index = 0; index < _entries.Length; index++)
        {
            if (HasTimer(_entries[index].State) && _entries[index].DeadlineNs <= nowNs)
            {
                Expire(index, nowNs);
            }
        }

        FindNextDeadline();
        return NextDeadlineNs;
    }

    private void FindNextDeadline()
    {
        NextDeadlineNs = ulong.MaxValue;
        foreach (ref readonly NeighborEntry entry in _entries.AsSpan())
        {
            NextDeadlineNs = HasTimer(entry.State) ? Math.Min(NextDeadlineNs, entry.DeadlineNs) : NextDeadlineNs;
        }
    }

    private static bool HasTimer(NeighborState state) =>
        state is NeighborState.Incomplete or NeighborState.Delay or NeighborState.Probe;

    /// <summary>Reachable becomes stale when somebody looks, without a timer.</summary>
    private static void Age(ref NeighborEntry entry, ulong nowNs)
    {
        if (entry.State == NeighborState.Reachable && entry.DeadlineNs <= nowNs)
        {
            entry.State = NeighborState.Stale;
        }
    }

    /// <summary>The table of RFC 4861 section 7.2.5 and appendix C.</summary>
    private void Update(int index, MacAddress mac, bool isSolicited, bool isOverride, ulong nowNs)
    {
        if (index < 0)
        {
            return;
        }

        ref NeighborEntry entry = ref _entries[index];
        Age(ref entry, nowNs);
        bool differs = entry.State == NeighborState.Incomplete || entry.Mac != mac;
        if (entry.State != NeighborState.Incomplete && differs && !isOverride)
        {
            // Two claim the address. What is known is doubted, not replaced.
            entry.State = entry.State == NeighborState.Reachable ? NeighborState.Stale : entry.State;
            return;
        }

        if (isSolicited)
        {
            LeaveIncomplete(ref entry);
            entry.Mac = mac;
            SetReachable(ref entry, nowNs);
            SendPending(ref entry);
        }
        else if (differs)
        {
            SetStale(ref entry, mac);
        }
    }

    private void SetReachable(ref NeighborEntry entry, ulong nowNs)
    {
        StopTimer(ref entry, NeighborState.Reachable);
        entry.DeadlineNs = nowNs + _reachableNs;
        entry.Tries = 0;
    }

    private void SetStale(ref NeighborEntry entry, MacAddress mac)
    {
        LeaveIncomplete(ref entry);
        entry.Mac = mac;
        StopTimer(ref entry, NeighborState.Stale);
        entry.Tries = 0;
        SendPending(ref entry);
    }

    /// <summary>Goes to a state without a timer. A host that sleeps is not to be woken for one that is over.</summary>
    private void StopTimer(ref NeighborEntry entry, NeighborState next)
    {
        bool hadTimer = HasTimer(entry.State);
        entry.State = next;
        if (hadTimer)
        {
            FindNextDeadline();
        }
    }

    private void LeaveIncomplete(ref NeighborEntry entry) =>
        _incomplete -= entry.State == NeighborState.Incomplete ? 1 : 0;

    private void SetTimer(ref NeighborEntry entry, ulong deadlineNs)
    {
        entry.DeadlineNs = deadlineNs;
        NextDeadlineNs = Math.Min(NextDeadlineNs, deadlineNs);
    }

    private void Ask(ref NeighborEntry entry, ulong nowNs)
    {
        entry.Tries++;
        SetTimer(ref entry, nowNs + RetransmitNs);
        _output.SendRequest(
            entry.Address, entry.State == NeighborState.Incomplete ? MacAddress.Broadcast : entry.Mac);
    }

    private void Expire(int index, ulong nowNs)
    {
        ref NeighborEntry entry = ref _entries[index];
        if (entry.State == NeighborState.Delay)
        {
            entry.State = NeighborState.Probe;
            entry.Tries = 0;
        }

        if (entry.Tries < MaximumTries)
        {
            Ask(ref entry, nowNs);
            return;
        }

        _output.ReportUnreachable(entry.Address, PendingOf(ref entry));
        Remove(index);
    }

    private static OutgoingFrame PendingOf(ref NeighborEntry entry)
    {
        OutgoingFrame frame = default;
        if (entry.Pending is not null)
        {
            // A link may have no more room for headers than headers take.
            Span<byte> bytes = entry.Pending.AsSpan(0, entry.PendingBytes);
            frame.Headers = bytes[..EthernetHeader.SizeBytes];
            frame.Payload = bytes[EthernetHeader.SizeBytes..];
            frame.Offload = entry.PendingOffload;
        }

        return frame;
    }

    private void SendPending(ref NeighborEntry entry)
    {
        if (entry.Pending is not null)
        {
            entry.Mac.Write(entry.Pending);
            _output.SendPending(PendingOf(ref entry));
            ReturnPending(ref entry);
        }
    }

    private void ReturnPending(ref NeighborEntry entry)
    {
        if (entry.Pending is not null)
        {
            _buffers.Return(entry.Pending);
            entry.Pending = null;
        }
    }

    private int BucketOf(IpAddress address)
    {
        // Fibonacci hashing: neighbouring addresses spread.
        uint hash = (uint)address.GetHashCode() * 2_654_435_769u;
        return (int)(hash >> 16) & (_buckets.Length - 1);
    }

    private int IndexOf(IpAddress address)
    {
        int index = _buckets[BucketOf(address)];
        while (index >= 0 && _entries[index].Address != address)
        {
            index = _entries[index].Next;
        }

        return index;
    }

    private void Insert(int index, IpAddress address)
    {
        ref int bucket = ref _buckets[BucketOf(address)];
        _entries[index] = new NeighborEntry { Address = address, Next = bucket };
        bucket = index;
        Count++;
    }

    private void Remove(int index)
    {
        ref NeighborEntry entry = ref _entries[index];
        LeaveIncomplete(ref entry);
        ReturnPending(ref entry);
        ref int link = ref _buckets[BucketOf(entry.Address)];
        while (link != index)
        {
            link = ref _entries[link].Next;
        }

        link = entry.Next;
        entry = new NeighborEntry { Next = _free };
        _free = index;
        Count--;
    }

    private int TakeFree()
    {
        int index = _free;
        if (index >= 0)
        {
            _free = _entries[index].Next;
        }

        return index;
    }

    /// <summary>A place for a neighbour that we look up: a free one, or somebody else's.</summary>
    private int TakeWanted()
    {
        bool tooManyAsked = _incomplete >= _entries.Length / 2;
        if (_free < 0 || tooManyAsked)
        {
            Remove(Victim(tooManyAsked));
        }

        return TakeFree();
    }

    /// <summary>
    /// Who must go: of those that do not answer the one unused longest, if there are too many; else one never looked
    /// up; else the one unused longest.
    /// </summary>
    private int Victim(bool isIncomplete)
    {
        int victim = -1;
        for (int index = 0; index < _entries.Length; index++)
        {
            ref NeighborEntry entry = ref _entries[index];
            if (entry.State == NeighborState.None || (entry.State == NeighborState.Incomplete) != isIncomplete)
            {
                continue;
            }

            if (victim < 0 || RankOf(entry) < RankOf(_entries[victim]))
            {
                victim = index;
            }
        }

        return victim;
    }

    private static ulong RankOf(in NeighborEntry entry) => entry.IsWanted ? entry.UsedNs + 1 : 0;
}
