// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>
/// A datagram being reassembled. Received bytes lie where they belong in a buffer; a hole between them begins with its
/// own description, so that holes need no memory (after RFC 815 section 4). Everything from <see cref="_end"/> on is
/// missing too, unless the last fragment has come.
/// </summary>
internal sealed class ReassemblyEntry
{
    /// <summary>
    /// Most fragments of a datagram: one of 64 KiB in the smallest packets that everybody must take (RFC 791: 576)
    /// needs 119. More of them are small on purpose.
    /// </summary>
    public const int MaximumFragments = 128;

    /// <summary>No hole: not a multiple of eight.</summary>
    private const ushort None = 0xFFFF;

    private ushort _firstHole;
    private int _holes;
    private int _end;
    private int _fragments;
    private bool _hasLast;
    private byte _ecnSeen;

    /// <summary>The first fragment that came; once the fragment at offset zero is there, that one.</summary>
    public IpFragment Head { get; private set; }

    /// <summary>Bytes of the fragment at offset zero; 0 if it has not come.</summary>
    public int FirstBytes { get; private set; }

    /// <summary>Whether the entry is taken.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Fragments overlapped: everything that still comes is dropped (RFC 5722 section 4).</summary>
    public bool IsPoisoned { get; private set; }

    /// <summary>When to give up.</summary>
    public ulong DeadlineNs { get; private set; }

    /// <summary>When the first fragment came.</summary>
    public ulong StartNs { get; private set; }

    /// <summary>The buffer; null before the first fragment and if poisoned.</summary>
    public byte[]? Buffer { get; private set; }

    /// <summary>Bytes of payload, once complete.</summary>
    public int LengthBytes => _end;

    private bool IsComplete => _hasLast && _holes == 0;

    public void Start(in IpFragment fragment, ulong nowNs, ulong deadlineNs)
    {
        Head = fragment;
        FirstBytes = 0;
        IsUsed = true;
        IsPoisoned = false;
        StartNs = nowNs;
        DeadlineNs = deadlineNs;
        _firstHole = None;
        _holes = 0;
        _end = 0;
        _fragments = 0;
        _hasLast = false;
        _ecnSeen = 0;
    }

    /// <summary>Takes a fragment whose length and offset are possible, into a buffer that is large enough.</summary>
    public ReassemblyStatus Add(in IpFragment fragment, ReadOnlySpan<byte> payload)
    {
        int offset = fragment.OffsetBytes;
        int end = offset + payload.Length;
        bool contradicts = _hasLast ? end > _end : !fragment.MoreFragments && end < _end;
        if (contradicts || (_hasLast && !fragment.MoreFragments && end != _end))
        {
            return ReassemblyStatus.Dropped;
        }

        if (offset < _end)
        {
            int hole = FindHole(offset, end, out int previous);
            if (hole == None)
            {
                bool isDuplicate = end <= _end && !TouchesHole(offset, end)
                    && Buffer.AsSpan(offset, payload.Length).SequenceEqual(payload);
                return isDuplicate ? ReassemblyStatus.Waiting : ReassemblyStatus.Dropped;
            }

            Fill(hole, previous, offset, end);
        }
        else
        {
            if (offset > _end)
            {
                WriteHole(_end, offset, _firstHole);
                _firstHole = (ushort)_end;
                _holes++;
            }

            _end = end;
        }

        if (++_fragments > MaximumFragments)
        {
            return ReassemblyStatus.Dropped;
        }

        payload.CopyTo(Buffer.AsSpan(offset));
        Note(fragment, payload.Length);
        return IsComplete ? ReassemblyStatus.Complete : ReassemblyStatus.Waiting;
    }

    /// <summary>Puts what has been received into a larger buffer.</summary>
    public byte[]? Exchange(byte[] larger)
    {
        byte[]? old = Buffer;
        old.AsSpan(0, _end).CopyTo(larger);
        Buffer = larger;
        return old;
    }

    /// <summary>The traffic class of the whole, or false if a router's mark contradicts a fragment's.</summary>
    /// <remarks>RFC 3168 section 5.3.</remarks>
    public bool TryGetTrafficClass(out byte trafficClass)
    {
        const int NotCapable = 1;
        const int Experienced = 1 << 3;
        trafficClass = Head.TrafficClass;
        if ((_ecnSeen & Experienced) == 0)
        {
            return true;
        }

        trafficClass |= 3;
        return (_ecnSeen & NotCapable) == 0;
    }

    public byte[]? Poison()
    {
        IsPoisoned = true;
        FirstBytes = 0;
        return TakeBuffer();
    }

    public byte[]? Free()
    {
        IsUsed = false;
        return TakeBuffer();
    }

    public byte[]? TakeBuffer()
    {
        byte[]? buffer = Buffer;
        Buffer = null;
        return buffer;
    }

    private void Note(in IpFragment fragment, int length)
    {
        _hasLast |= !fragment.MoreFragments;
        _ecnSeen |= (byte)(1 << (fragment.TrafficClass & 3));
        if (fragment.OffsetBytes == 0)
        {
            Head = fragment;
            FirstBytes = length;
        }
    }

    /// <summary>The hole that a range lies in.</summary>
    private int FindHole(int offset, int end, out int previous)
    {
        previous = None;
        int hole = _firstHole;
        while (hole != None && !(hole <= offset && end <= EndOf(hole)))
        {
            previous = hole;
            hole = NextOf(hole);
        }

        return hole;
    }

    private bool TouchesHole(int offset, int end)
    {
        for (int hole = _firstHole; hole != None; hole = NextOf(hole))
        {
            if (hole < end && offset < EndOf(hole))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Replaces a hole by what is left of it on either side.</summary>
    private void Fill(int hole, int previous, int offset, int end)
    {
        int holeEnd = EndOf(hole);
        ushort next = NextOf(hole);
        _holes--;
        if (end < holeEnd)
        {
            WriteHole(end, holeEnd, next);
            next = (ushort)end;
            _holes++;
        }

        if (hole < offset)
        {
            WriteHole(hole, offset, next);
            next = (ushort)hole;
            _holes++;
        }

        if (previous == None)
        {
            _firstHole = next;
        }
        else
        {
            WriteHole(previous, EndOf(previous), next);
        }
    }

    private int EndOf(int hole) => BinaryPrimitives.ReadUInt16LittleEndian(Buffer.AsSpan(hole));

    private ushort NextOf(int hole) => BinaryPrimitives.ReadUInt16LittleEndian(Buffer.AsSpan(hole + 2));

    private void WriteHole(int hole, int end, ushort next)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Buffer.AsSpan(hole), (ushort)end);
        BinaryPrimitives.WriteUInt16LittleEndian(Buffer.AsSpan(hole + 2), next);
    }
}
