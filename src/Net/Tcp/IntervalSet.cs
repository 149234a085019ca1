// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>
/// Ranges of sequence numbers that came out of order: sorted, apart from each other, few. Each knows when it changed
/// last, because the most recent ones are reported first (RFC 2018 section 4).
/// </summary>
internal sealed class IntervalSet
{
    /// <summary>
    /// Most ranges of a connection: enough for a window of 4 MiB at 5 % loss. A segment that needs one more is dropped,
    /// so that a peer cannot make inserting expensive.
    /// </summary>
    public const int Capacity = 128;

    private readonly uint[] _starts = new uint[Capacity];
    private readonly uint[] _ends = new uint[Capacity];
    private readonly uint[] _stamps = new uint[Capacity];
    private uint _clock;

    /// <summary>Next in a list of unused sets.</summary>
    public IntervalSet? Next { get; set; }

    /// <summary>Number of ranges.</summary>
    public int Count { get; private set; }

    /// <summary>End of the last range. Only if there is one.</summary>
    public uint Highest => _ends[Count - 1];

    /// <summary>Makes it empty.</summary>
    public void Clear()
    {
        Count = 0;
        _clock = 0;
    }

    /// <summary>Whether all of a range is there.</summary>
    public bool Contains(uint start, uint end)
    {
        for (int i = 0; i < Count; i++)
        {
            if (Sequence.LessOrEqual(_starts[i], start) && Sequence.LessOrEqual(end, _ends[i]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a range, joined with those that it touches.</summary>
    /// <returns>False if there is no place for one more.</returns>
    public bool Add(uint start, uint end)
    {
        int first = Count;
        while (first > 0 && Sequence.GreaterOrEqual(_ends[first - 1], start))
        {
            first--;
        }

        int last = first;
        while (last < Count && Sequence.LessOrEqual(_starts[last], end))
        {
            start = Sequence.Min(start, _starts[last]);
            end = Sequence.Max(end, _ends[last]);
            last++;
        }

        if (last == first && Count == Capacity)
        {
            return false;
        }

        Replace(first, last);
        _starts[first] = start;
        _ends[first] = end;
        _stamps[first] = ++_clock;
        return true;
    }

    /// <summary>Takes what follows directly, and what is older.</summary>
    /// <param name="next">RCV.NXT.</param>
    /// <returns>RCV.NXT with what was there.</returns>
    public uint TakeUpTo(uint next)
    {
        int taken = 0;
        while (taken < Count && Sequence.LessOrEqual(_starts[taken], next))
        {
            next = Sequence.Max(next, _ends[taken]);
            taken++;
        }

        if (taken > 0)
        {
            Move(taken, 0);
            Count -= taken;
        }

        return next;
    }

    /// <summary>The range that changed last among those that changed before another one.</summary>
    /// <param name="before">A stamp, at first uint.MaxValue; becomes the stamp of the one that is returned.</param>
    /// <param name="start">First sequence number.</param>
    /// <param name="end">The one after the last.</param>
    /// <returns>False if there is no more.</returns>
    public bool TryNextRecent(ref uint before, out uint start, out uint end)
    {
        int best = -1;
        for (int i = 0; i < Count; i++)
        {
            if (_stamps[i] < before && (best < 0 || _stamps[i] > _stamps[best]))
            {
                best = i;
            }
        }

        if (best < 0)
        {
            start = 0;
            end = 0;
            return false;
        }

        before = _stamps[best];
        start = _starts[best];
        end = _ends[best];
        return true;
    }

    // Makes place for one range where those from first to last - 1 are.
    private void Replace(int first, int last)
    {
        if (last != first + 1)
        {
            Move(last, first + 1);
            Count += first + 1 - last;
        }
    }

    private void Move(int from, int to)
    {
        int count = Count - from;
        _starts.AsSpan(from, count).CopyTo(_starts.AsSpan(to));
        _ends.AsSpan(from, count).CopyTo(_ends.AsSpan(to));
        _stamps.AsSpan(from, count).CopyTo(_stamps.AsSpan(to));
    }
}
