// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>A question about a name, and what became of it. May be used again.</summary>
public sealed class DnsQuery
{
    private readonly byte[] _given = new byte[DnsName.LongestBytes];
    private readonly byte[] _current = new byte[DnsName.LongestBytes];
    private DnsAddressList _addresses;

    /// <summary>How it stands.</summary>
    public DnsQueryState State { get; internal set; }

    /// <summary>What is asked for.</summary>
    public DnsRecordType Type { get; internal set; }

    /// <summary>Addresses that were found: up to <see cref="DnsAddressList.Capacity"/>.</summary>
    public int AddressCount { get; private set; }

    /// <summary>The name as it was given, in wire form with room for any.</summary>
    internal Span<byte> Given => _given;

    /// <summary>Bytes of it.</summary>
    internal int GivenBytes { get; set; }

    /// <summary>It was given with a dot at its end: nothing of the search list is appended.</summary>
    internal bool IsAbsolute { get; set; }

    /// <summary>The name that servers are asked for, with room for any.</summary>
    internal Span<byte> Current => _current;

    /// <summary>Bytes of it.</summary>
    internal int CurrentBytes { get; set; }

    /// <summary>Which of the names that can be meant is asked for.</summary>
    internal int Candidate { get; set; }

    /// <summary>One of them exists without such addresses.</summary>
    internal bool HasSeenNoData { get; set; }

    /// <summary>Aliases that were followed.</summary>
    internal int Aliases { get; set; }

    /// <summary>Shortest time of theirs.</summary>
    internal uint TtlSeconds { get; set; }

    /// <summary>How many times servers were asked for the current name.</summary>
    internal int Attempt { get; set; }

    /// <summary>A server answered that it cannot.</summary>
    internal bool HasServerFailed { get; set; }

    /// <summary>Servers are told that large answers are welcome.</summary>
    internal bool HasOptions { get; set; }

    /// <summary>Identifier of the message.</summary>
    internal ushort Id { get; set; }

    /// <summary>Port that it was sent from; 0 if none is open.</summary>
    internal ushort Port { get; set; }

    /// <summary>Server that was asked.</summary>
    internal IpEndpoint Server { get; set; }

    /// <summary>When to ask again.</summary>
    internal ulong DeadlineNs { get; set; }

    /// <summary>A connection is open or being opened.</summary>
    internal bool HasStream { get; set; }

    /// <summary>What has come over it.</summary>
    internal byte[]? StreamBuffer { get; set; }

    /// <summary>Bytes that have come.</summary>
    internal int StreamBytes { get; set; }

    /// <summary>An address that was found.</summary>
    /// <param name="index">From zero, below <see cref="AddressCount"/>.</param>
    /// <returns>The address.</returns>
    public IpAddress AddressAt(int index) => _addresses[index];

    internal void Begin(DnsRecordType type)
    {
        State = DnsQueryState.Pending;
        Type = type;
        AddressCount = 0;
        Candidate = 0;
        HasSeenNoData = false;
    }

    internal void Take(in DnsAddressList addresses, int count)
    {
        _addresses = addresses;
        AddressCount = count;
    }
}
