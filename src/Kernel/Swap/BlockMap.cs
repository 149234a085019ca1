// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Kernel.Swap;

/// <summary>
/// Which blocks of the swap file are in use. What is asked for is given in a row if there is such a row, else in
/// pieces: so whatever is free can be used, however it is scattered.
/// </summary>
/// <remarks>
/// While less than a fifth of the file is free it grows, so that writing is sequential and rows are long; then it is
/// gone through in a circle. So it is at most a quarter longer than what was ever in it at once. One thread at a time.
/// </remarks>
internal sealed class BlockMap
{
    /// <summary>Rows that are looked at before pieces are taken: a search is to be short.</summary>
    private const int SearchMax = 256;

    private const int SpareDivisor = 5;
    private const int WordBits = 64;

    private ulong[] _words = new ulong[64];
    private uint _extent;
    private uint _hand;

    /// <summary>An empty map.</summary>
    /// <param name="limit">Most blocks.</param>
    internal BlockMap(uint limit) => Limit = limit;

    /// <summary>Most blocks. More may be in use, or lie behind it, if it was lowered.</summary>
    internal uint Limit { get; set; }

    /// <summary>Blocks in use.</summary>
    internal uint Used { get; private set; }

    /// <summary>Blocks up to the last that was ever in use: the length of the file.</summary>
    internal uint Extent => _extent;

    /// <summary>Takes blocks.</summary>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="runs">Gets where they are.</param>
    /// <param name="runCount">In how many pieces.</param>
    /// <returns>False if there are not so many, or not in so few pieces as <paramref name="runs"/> holds.</returns>
    internal bool TryTake(uint count, Span<SwapRun> runs, out int runCount)
    {
        runCount = 0;
        if (Used > Limit || count > Limit - Used)
        {
            return false;
        }

        bool canGrow = _extent <= Limit && count <= Limit - _extent;
        if (!canGrow)
        {
            // What is behind the end is free as well, if not enough for all.
            Extend(Limit);
        }

        uint spare = _extent - Used;
        bool isFound = (canGrow && spare < _extent / SpareDivisor) || _extent == 0
            ? false
            : TrySearch(count, runs, out runCount);
        if (!isFound && canGrow)
        {
            runs[0] = new SwapRun(_extent, count);
            runCount = 1;
            isFound = true;
        }

        if (!isFound)
        {
            return false;
        }

        foreach (SwapRun run in runs[..runCount])
        {
            Mark(run, isUsed: true);
        }

        return true;
    }

    /// <summary>Takes certain blocks.</summary>
    /// <returns>False if one of them is in use or beyond the limit; then none is taken.</returns>
    internal bool TryTake(SwapRun run)
    {
        if (run.Count == 0 || run.First >= Limit || run.Count > Limit - run.First)
        {
            return false;
        }

        uint end = Math.Min(run.First + run.Count, _extent);
        if (run.First < end && NextUsed(run.First, end) < end)
        {
            return false;
        }

        Mark(run, isUsed: true);
        return true;
    }

    /// <summary>Gives blocks back that were taken.</summary>
    internal void Return(SwapRun run) => Mark(run, isUsed: false);

    /// <summary>Looks for a row from the hand on, once around; remembers pieces on the way.</summary>
    private bool TrySearch(uint count, Span<SwapRun> runs, out int runCount)
    {
        runCount = 0;
        uint gathered = 0;
        uint at = _hand < _extent ? _hand : 0;
        uint left = _extent;
        for (int looked = 0; left > 0; looked++)
        {
            uint limit = Math.Min(at + left, _extent);
            uint free = NextFree(at, limit);
            uint end = free < limit ? NextUsed(free, limit) : limit;
            left -= end - at;
            at = end == _extent ? 0 : end;
            uint length = end - free;
            if (length >= count)
            {
                runs[0] = new SwapRun(free, count);
                runCount = 1;
                _hand = free + count;
                return true;
            }

            if (length > 0 && gathered < count && runCount < runs.Length)
            {
                uint part = Math.Min(length, count - gathered);
                runs[runCount++] = new SwapRun(free, part);
                gathered += part;
            }

            if (gathered == count && looked >= SearchMax)
            {
                break;
            }
        }

        _hand = at;
        return gathered == count;
    }

    private uint NextFree(uint from, uint limit) => Next(from, limit, ulong.MaxValue);

    private uint NextUsed(uint from, uint limit) => Next(from, limit, 0);

    /// <summary>The next block whose bit differs from those of a word.</summary>
    private uint Next(uint from, uint limit, ulong word)
    {
        while (from < limit)
        {
            ulong differing = (_words[from / WordBits] ^ word) >> (int)(from % WordBits);
            if (differing != 0)
            {
                return Math.Min(from + (uint)BitOperations.TrailingZeroCount(differing), limit);
            }

            from = (from / WordBits * WordBits) + WordBits;
        }

        return limit;
    }

    private void Mark(SwapRun run, bool isUsed)
    {
        uint end = run.First + run.Count;
        Extend(end);

        for (uint at = run.First; at < end;)
        {
            int shift = (int)(at % WordBits);
            uint bits = Math.Min(WordBits - (uint)shift, end - at);
            ulong mask = (bits == WordBits ? ulong.MaxValue : (1UL << (int)bits) - 1) << shift;
            ref ulong word = ref _words[at / WordBits];
            word = isUsed ? word | mask : word & ~mask;
            at += bits;
        }

        Used = isUsed ? Used + run.Count : Used - run.Count;
    }

    private void Extend(uint end)
    {
        _extent = Math.Max(_extent, end);
        int words = (int)((_extent + WordBits - 1) / WordBits);
        if (words > _words.Length)
        {
            Array.Resize(ref _words, Math.Max(_words.Length * 2, words));
        }
    }
}
