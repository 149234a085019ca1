// SPDX-License-Identifier: MIT
using System;
using System.Linq;

namespace Denali.Bench.Zipf;

/// <summary>Which page has which rank: at random, and always the same for the same number of pages.</summary>
internal sealed class Popularity
{
    private readonly int[] _pages;
    private readonly int[] _ranks;

    internal Popularity(int count)
    {
        _pages = [.. Enumerable.Range(0, count)];
        new Random(count).Shuffle(_pages);
        _ranks = new int[count];
        for (int i = 0; i < count; i++)
        {
            _ranks[_pages[i]] = i + 1;
        }
    }

    /// <summary>The page of a rank, from 1.</summary>
    internal int PageOf(int rank) => _pages[rank - 1];

    /// <summary>The rank of a page, from 1.</summary>
    internal int RankOf(int page) => _ranks[page];
}
