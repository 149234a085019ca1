// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>
/// The domains in which names are looked for, and the order of the names that can be meant: a name with a dot is taken
/// as it is first, one without a dot last (RFC 1535 section 6).
/// </summary>
internal sealed class DnsSearchList
{
    /// <summary>Most domains: each may cost a query.</summary>
    public const int Capacity = 4;

    private readonly byte[]?[] _domains = new byte[]?[Capacity];
    private readonly int[] _lengths = new int[Capacity];
    private int _count;

    public void Clear() => _count = 0;

    public bool TryAdd(ReadOnlySpan<byte> text)
    {
        if (_count == Capacity)
        {
            return false;
        }

        byte[] domain = _domains[_count] ??= new byte[DnsName.LongestBytes];
        if (!DnsName.TryEncode(text, domain, out _lengths[_count]))
        {
            return false;
        }

        _count++;
        return true;
    }

    /// <summary>Makes the names that can be meant, one after the other.</summary>
    /// <param name="query">The query with the name that was given.</param>
    /// <param name="candidate">Which of them.</param>
    /// <param name="name">Where to put it.</param>
    /// <param name="length">Its bytes; 0 if this one would be too long.</param>
    /// <returns>False if there are no more.</returns>
    public bool TryMake(DnsQuery query, int candidate, Span<byte> name, out int length)
    {
        ReadOnlySpan<byte> given = query.Given[..query.GivenBytes];
        int domains = query.IsAbsolute ? 0 : _count;
        bool isAsGivenFirst = DnsName.CountLabels(given) > 1;
        int domain = isAsGivenFirst ? candidate - 1 : candidate == domains ? -1 : candidate;
        length = 0;
        if (candidate > domains)
        {
            return false;
        }

        if (domain < 0)
        {
            given.CopyTo(name);
            length = given.Length;
            return true;
        }

        // The domain takes the place of the name's root.
        int prefix = given.Length - 1;
        if (prefix + _lengths[domain] <= DnsName.LongestBytes)
        {
            given[..prefix].CopyTo(name);
            _domains[domain].AsSpan(0, _lengths[domain]).CopyTo(name[prefix..]);
            length = prefix + _lengths[domain];
        }

        return true;
    }
}
