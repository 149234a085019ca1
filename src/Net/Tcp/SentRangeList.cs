// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>
/// What is sent and not acknowledged, in the order of sequence numbers, without a gap: the scoreboard of RFC 6675.
/// </summary>
internal struct SentRangeList
{
    /// <summary>
    /// Most ranges of a connection. More than a window of 4 MiB has segments; a peer that splits ranges by its SACK
    /// blocks cannot make the list longer, and walking it stays cheap.
    /// </summary>
    public const int CountMax = 4096;

    /// <summary>The lowest range.</summary>
    public SentRange? Head;

    /// <summary>The highest range.</summary>
    public SentRange? Tail;

    /// <summary>Number of ranges.</summary>
    public int Count;

    /// <summary>Appends what was just sent.</summary>
    public void Append(SentRange range)
    {
        range.Previous = Tail;
        if (Tail is null)
        {
            Head = range;
        }
        else
        {
            Tail.Next = range;
        }

        Tail = range;
        Count++;
    }

    /// <summary>Takes out and gives back.</summary>
    public void Remove(SentRange range, SentRangePool pool)
    {
        if (range.Previous is null)
        {
            Head = range.Next;
        }
        else
        {
            range.Previous.Next = range.Next;
        }

        if (range.Next is null)
        {
            Tail = range.Previous;
        }
        else
        {
            range.Next.Previous = range.Previous;
        }

        Count--;
        pool.Return(range);
    }

    /// <summary>Cuts a range in two that share what is known of it.</summary>
    /// <param name="range">Keeps the part before the cut.</param>
    /// <param name="at">A sequence number inside.</param>
    /// <param name="pool">Where the other part comes from.</param>
    public void Split(SentRange range, uint at, SentRangePool pool)
    {
        SentRange rest = pool.Take();
        rest.Start = at;
        rest.End = range.End;
        rest.SentNs = range.SentNs;
        rest.IsSacked = range.IsSacked;
        rest.IsLost = range.IsLost;
        rest.IsRetransmitted = range.IsRetransmitted;
        rest.HasFin = range.HasFin;
        range.HasFin = false;
        range.End = at;
        rest.Previous = range;
        rest.Next = range.Next;
        if (range.Next is null)
        {
            Tail = rest;
        }
        else
        {
            range.Next.Previous = rest;
        }

        range.Next = rest;
        Count++;
    }

    /// <summary>Gives everything back.</summary>
    public void Clear(SentRangePool pool)
    {
        while (Head is not null)
        {
            Remove(Head, pool);
        }
    }
}
