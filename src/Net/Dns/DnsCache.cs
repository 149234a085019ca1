// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>What servers told, for as long as they say that it holds (RFC 1035 section 3.2.1, RFC 2308).</summary>
internal sealed class DnsCache
{
    /// <summary>Most names: a service talks to few. The one that would be forgotten first gives way.</summary>
    public const int Capacity = 32;

    /// <summary>Longest time that an address is kept, whatever a server says: a day.</summary>
    public const uint LongestTtlSeconds = 86_400;

    /// <summary>
    /// Longest time that an absence is kept: who adds a name does not want to wait (RFC 2308 section 5).
    /// </summary>
    public const uint LongestNegativeTtlSeconds = 300;

    private const ulong SecondNs = 1_000_000_000;

    // Made when first needed and then kept.
    private readonly DnsCacheEntry?[] _entries = new DnsCacheEntry?[Capacity];

    public DnsCacheEntry? Find(ReadOnlySpan<byte> name, DnsRecordType type, ulong nowNs)
    {
        foreach (DnsCacheEntry? entry in _entries)
        {
            if (entry is not null
                && entry.Type == type
                && nowNs < entry.ExpiresNs
                && name.SequenceEqual(entry.Name.AsSpan(0, entry.NameBytes)))
            {
                return entry;
            }
        }

        return null;
    }

    public void Add(
        ReadOnlySpan<byte> name,
        DnsRecordType type,
        DnsQueryState state,
        in DnsAnswer answer,
        uint ttlSeconds,
        ulong nowNs)
    {
        uint longest = state == DnsQueryState.Resolved ? LongestTtlSeconds : LongestNegativeTtlSeconds;
        uint seconds = Math.Min(ttlSeconds, longest);
        if (seconds == 0)
        {
            return;
        }

        DnsCacheEntry entry = Find(name, type, nowNs) ?? Take();
        name.CopyTo(entry.Name);
        entry.NameBytes = name.Length;
        entry.Type = type;
        entry.State = state;
        entry.Addresses = answer.Addresses;
        entry.Count = answer.Count;
        entry.ExpiresNs = nowNs + (seconds * SecondNs);
    }

    public void Clear()
    {
        foreach (DnsCacheEntry? entry in _entries)
        {
            if (entry is not null)
            {
                entry.ExpiresNs = 0;
            }
        }
    }

    private DnsCacheEntry Take()
    {
        int victim = 0;
        for (int index = 0; index < Capacity; index++)
        {
            if (_entries[index] is not { } entry)
            {
                return _entries[index] = new DnsCacheEntry();
            }

            victim = entry.ExpiresNs < _entries[victim]!.ExpiresNs ? index : victim;
        }

        return _entries[victim]!;
    }
}
