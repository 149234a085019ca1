// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Net;

/// <summary>
/// Puts fragmented datagrams together (RFC 791 section 3.2, RFC 815, RFC 8200 section 4.5). In both families
/// fragments that overlap spoil the whole datagram (RFC 5722); an exact duplicate is ignored.
/// </summary>
/// <remarks>
/// Everything is bounded, because fragments cost the sender nothing: datagrams and bytes at once, and both per source.
/// The oldest gives way. Buffers are held from a datagram's first fragment to its end.
/// </remarks>
/// <param name="buffers">Where buffers come from.</param>
public sealed class Reassembler(BufferAllocator buffers)
{
    /// <summary>Most datagrams at once. Fragments are rare where TCP does not send any.</summary>
    public const int MaximumDatagrams = 16;

    /// <summary>Most datagrams of one source at once, so that one cannot drive out all others.</summary>
    public const int MaximumDatagramsPerSource = 8;

    /// <summary>Most bytes of buffers: four datagrams of the largest size, or a small part of a VM's memory.</summary>
    public const int MaximumBytes = 256 * 1024;

    /// <summary>Most bytes of buffers for one source.</summary>
    public const int MaximumBytesPerSource = MaximumBytes / 2;

    /// <summary>How long fragments of IPv4 are waited for (RFC 791 suggests 15 s, RFC 1122 60 s).</summary>
    public const ulong Ipv4TimeoutNs = 30_000_000_000;

    /// <summary>How long fragments of IPv6 are waited for (RFC 8200 section 4.5).</summary>
    public const ulong Ipv6TimeoutNs = 60_000_000_000;

    /// <summary>Largest payload: of IPv4 the total length, of IPv6 the payload length has 16 bits.</summary>
    private const int LargestPayloadBytes = 65_535;

    // Made when first needed and then kept, because most stacks never see a fragment.
    private readonly ReassemblyEntry?[] _entries = new ReassemblyEntry?[MaximumDatagrams];
    private int _usedBytes;

    /// <summary>Bytes of buffers that are held.</summary>
    public int UsedBytes => _usedBytes;

    /// <summary>When <see cref="TryExpire"/> has something to do; <see cref="ulong.MaxValue"/> for never.</summary>
    public ulong NextDeadlineNs { get; private set; } = ulong.MaxValue;

    /// <summary>Takes a fragment.</summary>
    /// <param name="fragment">What its headers say.</param>
    /// <param name="payload">Its payload: what follows the IPv4 header, or the fragment header.</param>
    /// <param name="nowNs">The time.</param>
    /// <param name="datagram">The datagram if it is complete. Release it.</param>
    /// <returns>What became of it.</returns>
    public ReassemblyStatus Add(
        in IpFragment fragment, ReadOnlySpan<byte> payload, ulong nowNs, out ReassembledDatagram datagram)
    {
        datagram = default;
        ReassemblyStatus possible = Check(fragment, payload.Length);
        if (possible != ReassemblyStatus.Waiting)
        {
            return possible;
        }

        ReassemblyEntry entry = Find(fragment) ?? Begin(fragment, nowNs);
        if (entry.IsPoisoned || !TryMakeRoom(entry, fragment.OffsetBytes + payload.Length))
        {
            return ReassemblyStatus.Dropped;
        }

        ReassemblyStatus status = entry.Add(fragment, payload);
        if (status == ReassemblyStatus.Dropped)
        {
            GiveBack(entry.Poison());
        }
        else if (status == ReassemblyStatus.Complete)
        {
            return Finish(entry, ref datagram);
        }

        return status;
    }

    /// <summary>Gives a datagram's buffer back.</summary>
    /// <param name="datagram">A datagram that <see cref="Add"/> gave, or default.</param>
    public void Release(ref ReassembledDatagram datagram)
    {
        GiveBack(datagram.Buffer);
        datagram = default;
    }

    /// <summary>Gives up one datagram whose time is over. To be called until it returns false.</summary>
    /// <param name="nowNs">The time.</param>
    /// <param name="quote">Where to put what the report quotes: the first fragment as it would be sent again.</param>
    /// <param name="timeout">What was given up.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryExpire(ulong nowNs, Span<byte> quote, out ReassemblyTimeout timeout)
    {
        timeout = default;
        if (nowNs < NextDeadlineNs)
        {
            return false;
        }

        foreach (ReassemblyEntry? entry in _entries)
        {
            if (entry is { IsUsed: true } && entry.DeadlineNs <= nowNs)
            {
                timeout.Source = entry.Head.Source;
                timeout.Destination = entry.Head.Destination;
                timeout.IsReportDue = entry.FirstBytes != 0;
                timeout.QuoteBytes = timeout.IsReportDue ? ReassemblyQuote.Write(entry, quote) : 0;
                Drop(entry);
                return true;
            }
        }

        UpdateDeadline();
        return false;
    }

    /// <summary>Whether a fragment's length and place are possible.</summary>
    private static ReassemblyStatus Check(in IpFragment fragment, int length)
    {
        if (fragment.MoreFragments && length % 8 != 0)
        {
            return ReassemblyStatus.LengthProblem;
        }

        int headerBytes = fragment.Source.IsIpv4 ? Ipv4Header.SizeBytes : 0;
        if (fragment.OffsetBytes + length > LargestPayloadBytes - headerBytes)
        {
            return ReassemblyStatus.OffsetProblem;
        }

        return length == 0 ? ReassemblyStatus.Dropped : ReassemblyStatus.Waiting;
    }

    private ReassemblyEntry? Find(in IpFragment fragment)
    {
        foreach (ReassemblyEntry? entry in _entries)
        {
            if (entry is { IsUsed: true } && entry.Head.IsOfSameDatagram(fragment))
            {
                return entry;
            }
        }

        return null;
    }

    private ReassemblyEntry Begin(in IpFragment fragment, ulong nowNs)
    {
        if (CountOf(fragment.Source) >= MaximumDatagramsPerSource)
        {
            Drop(Oldest(fragment.Source, except: null)!);
        }

        ReassemblyEntry entry = TakeEntry();
        entry.Start(fragment, nowNs, nowNs + (fragment.Source.IsIpv4 ? Ipv4TimeoutNs : Ipv6TimeoutNs));
        UpdateDeadline();
        return entry;
    }

    private ReassemblyEntry TakeEntry()
    {
        for (int index = 0; index < _entries.Length; index++)
        {
            ReassemblyEntry entry = _entries[index] ??= new ReassemblyEntry();
            if (!entry.IsUsed)
            {
                return entry;
            }
        }

        ReassemblyEntry oldest = Oldest(null, except: null)!;
        Drop(oldest);
        return oldest;
    }

    /// <summary>Sees to a buffer that reaches to an offset, at the cost of older datagrams.</summary>
    private bool TryMakeRoom(ReassemblyEntry entry, int end)
    {
        int have = entry.Buffer?.Length ?? 0;
        if (end <= have)
        {
            return true;
        }

        int need = Math.Max((int)BitOperations.RoundUpToPowerOf2((uint)end), BufferAllocator.SmallestBytes);
        IpAddress source = entry.Head.Source;
        while (BytesOf(source) - have + need > MaximumBytesPerSource && Oldest(source, entry) is { } own)
        {
            Drop(own);
        }

        while (_usedBytes - have + need > MaximumBytes && Oldest(null, entry) is { } other)
        {
            Drop(other);
        }

        byte[]? buffer = buffers.Rent(need);
        if (buffer is null)
        {
            // The rest of the datagram would be in vain.
            GiveBack(entry.Poison());
            return false;
        }

        _usedBytes += need;
        GiveBack(entry.Exchange(buffer));
        return true;
    }

    private ReassemblyStatus Finish(ReassemblyEntry entry, ref ReassembledDatagram datagram)
    {
        if (!entry.TryGetTrafficClass(out byte trafficClass))
        {
            Drop(entry);
            return ReassemblyStatus.Dropped;
        }

        datagram.TrafficClass = trafficClass;
        datagram.Protocol = entry.Head.Protocol;
        datagram.HopLimit = entry.Head.HopLimit;
        datagram.LengthBytes = entry.LengthBytes;
        datagram.Buffer = entry.TakeBuffer();
        Drop(entry);
        return ReassemblyStatus.Complete;
    }

    /// <summary>The oldest datagram, of a source or of all.</summary>
    private ReassemblyEntry? Oldest(IpAddress? source, ReassemblyEntry? except)
    {
        ReassemblyEntry? oldest = null;
        foreach (ReassemblyEntry? entry in _entries)
        {
            if (entry is { IsUsed: true }
                && entry != except
                && (source is null || entry.Head.Source == source.Value)
                && (oldest is null || entry.StartNs < oldest.StartNs))
            {
                oldest = entry;
            }
        }

        return oldest;
    }

    private int CountOf(IpAddress source)
    {
        int count = 0;
        foreach (ReassemblyEntry? entry in _entries)
        {
            count += entry is { IsUsed: true } && entry.Head.Source == source ? 1 : 0;
        }

        return count;
    }

    private int BytesOf(IpAddress source)
    {
        int bytes = 0;
        foreach (ReassemblyEntry? entry in _entries)
        {
            bytes += entry is { IsUsed: true } && entry.Head.Source == source ? entry.Buffer?.Length ?? 0 : 0;
        }

        return bytes;
    }

    private void Drop(ReassemblyEntry entry)
    {
        GiveBack(entry.Free());
        UpdateDeadline();
    }

    private void GiveBack(byte[]? buffer)
    {
        if (buffer is not null)
        {
            _usedBytes -= buffer.Length;
            buffers.Return(buffer);
        }
    }

    private void UpdateDeadline()
    {
        ulong next = ulong.MaxValue;
        foreach (ReassemblyEntry? entry in _entries)
        {
            next = entry is { IsUsed: true } ? Math.Min(next, entry.DeadlineNs) : next;
        }

        NextDeadlineNs = next;
    }
}
