// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What is known about a name.</summary>
internal sealed class DnsCacheEntry
{
    /// <summary>The name in wire form.</summary>
    public readonly byte[] Name = new byte[DnsName.LongestBytes];

    /// <summary>Bytes of it; 0 if the entry is free.</summary>
    public int NameBytes;

    /// <summary>What was asked for.</summary>
    public DnsRecordType Type;

    /// <summary>Resolved, or what kind of nothing there is.</summary>
    public DnsQueryState State;

    /// <summary>The addresses.</summary>
    public DnsAddressList Addresses;

    /// <summary>How many there are.</summary>
    public int Count;

    /// <summary>When that is forgotten.</summary>
    public ulong ExpiresNs;
}
