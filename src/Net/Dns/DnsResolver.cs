// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>
/// Asks recursive servers for the addresses of names (RFC 1034 section 5.3, RFC 1035 section 7, RFC 3596).
/// </summary>
/// <remarks>
/// An answer is believed if it comes from the server that was asked, to the port it was asked from, with its number and
/// its question; port and number are random and new for every attempt (RFC 5452). What an answer says about other names
/// is ignored.
/// </remarks>
/// <param name="transport">Who sends.</param>
/// <param name="random">For ports and numbers.</param>
/// <param name="buffers">For answers over TCP.</param>
public sealed class DnsResolver(IDnsTransport transport, RandomSource random, BufferAllocator buffers)
{
    /// <summary>Most servers (as many as resolv.conf has).</summary>
    public const int MaximumServers = 3;

    /// <summary>Most pending queries.</summary>
    public const int MaximumQueries = 32;

    /// <summary>Times that every server is asked.</summary>
    public const int Rounds = 3;

    /// <summary>How long the first round waits for an answer; every other waits twice as long.</summary>
    public const ulong FirstTimeoutNs = 1_000_000_000;

    /// <summary>How long an answer over TCP may take.</summary>
    public const ulong StreamTimeoutNs = 5_000_000_000;

    /// <summary>Longest answer over TCP: far more than eight addresses need.</summary>
    public const int LongestStreamBytes = 16 * 1024;

    /// <summary>Lowest port that is asked from: those below belong to services (RFC 6335 section 6).</summary>
    private const int LowestPort = 1024;

    /// <summary>How often another port is tried if one is in use.</summary>
    private const int PortTries = 8;

    private const int StreamPrefixBytes = 2;

    private readonly IpEndpoint[] _servers = new IpEndpoint[MaximumServers];
    private readonly DnsQuery?[] _queries = new DnsQuery?[MaximumQueries];
    private readonly DnsSearchList _search = new();
    private readonly DnsCache _cache = new();
    private int _serverCount;

    /// <summary>When <see cref="Poll"/> has something to do; <see cref="ulong.MaxValue"/> for never.</summary>
    public ulong NextDeadlineNs { get; private set; } = ulong.MaxValue;

    /// <summary>Sets the servers, the preferred one first, and forgets what others told.</summary>
    /// <param name="servers">The servers; more than <see cref="MaximumServers"/> are ignored.</param>
    public void SetServers(ReadOnlySpan<IpEndpoint> servers)
    {
        _serverCount = Math.Min(servers.Length, MaximumServers);
        servers[.._serverCount].CopyTo(_servers);
        _cache.Clear();
    }

    /// <summary>Forgets the search list.</summary>
    public void ClearSearchList() => _search.Clear();

    /// <summary>Adds a domain to the search list.</summary>
    /// <param name="domain">The domain, as text.</param>
    /// <returns>False if it is no name, or there are four already.</returns>
    public bool TryAddSearchDomain(ReadOnlySpan<byte> domain) => _search.TryAdd(domain);

    /// <summary>
    /// Starts a query. If it is not pending afterwards it is done, and <see cref="IDnsTransport.OnCompleted"/> is not
    /// called.
    /// </summary>
    /// <param name="query">A query that is not pending.</param>
    /// <param name="name">The name as text. A dot at its end means that the search list does not count.</param>
    /// <param name="type">A or AAAA.</param>
    /// <param name="nowNs">The time.</param>
    public void Start(DnsQuery query, ReadOnlySpan<byte> name, DnsRecordType type, ulong nowNs)
    {
        query.Begin(type);
        if (!DnsName.TryEncode(name, query.Given, out int length))
        {
            query.State = DnsQueryState.InvalidName;
            return;
        }

        query.GivenBytes = length;
        query.IsAbsolute = name[^1] == '.';
        if (IsLocalhost(query.Given[..length]))
        {
            DnsAddressList addresses = default;
            addresses[0] = type == DnsRecordType.A ? IpAddress.FromIpv4(0x7F00_0001) : new IpAddress(0, 1);
            query.Take(addresses, 1);
            query.State = DnsQueryState.Resolved;
            return;
        }

        int slot = SlotOf(null);
        DnsQueryState state = slot < 0 ? DnsQueryState.Busy : Ask(query, nowNs);
        if (state == DnsQueryState.Pending)
        {
            _queries[slot] = query;
        }

        query.State = state;
    }

    /// <summary>Ends a query without an answer and without a call.</summary>
    /// <param name="query">The query; nothing happens if it is not pending.</param>
    public void Cancel(DnsQuery query)
    {
        if (query.State == DnsQueryState.Pending)
        {
            Close(query);
            _queries[SlotOf(query)] = null;
            query.State = DnsQueryState.Idle;
        }
    }

    /// <summary>Takes a datagram that arrived at one of the ports.</summary>
    /// <param name="port">The port.</param>
    /// <param name="from">Who sent it.</param>
    /// <param name="message">The datagram.</param>
    /// <param name="nowNs">The time.</param>
    public void HandleDatagram(ushort port, IpEndpoint from, ReadOnlySpan<byte> message, ulong nowNs)
    {
        foreach (DnsQuery? query in _queries)
        {
            if (query is not null && query.Port == port && port != 0 && query.Server == from)
            {
                HandleMessage(query, message, isStream: false, nowNs);
                return;
            }
        }
    }

    /// <summary>A connection is there: the query goes out.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="nowNs">The time.</param>
    public void HandleStreamOpened(int stream, ulong nowNs)
    {
        if (StreamOf(stream) is not { } query)
        {
            return;
        }

        Span<byte> message = stackalloc byte[StreamPrefixBytes + DnsQuestion.LongestBytes];
        int length = WriteQuestion(query, message[StreamPrefixBytes..]);
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)length);
        if (!transport.TrySendStream(stream, message[..(StreamPrefixBytes + length)]))
        {
            Retry(query, nowNs);
        }
    }

    /// <summary>Takes bytes of a connection: a length in two bytes, then a message (RFC 1035 section 4.2.2).</summary>
    /// <param name="stream">Which.</param>
    /// <param name="bytes">The bytes.</param>
    /// <param name="nowNs">The time.</param>
    public void HandleStreamData(int stream, ReadOnlySpan<byte> bytes, ulong nowNs)
    {
        if (StreamOf(stream) is not { } query)
        {
            return;
        }

        query.StreamBuffer ??= buffers.Rent(LongestStreamBytes);
        if (query.StreamBuffer is null)
        {
            Retry(query, nowNs);
            return;
        }

        int taken = Math.Min(bytes.Length, query.StreamBuffer.Length - query.StreamBytes);
        bytes[..taken].CopyTo(query.StreamBuffer.AsSpan(query.StreamBytes));
        query.StreamBytes += taken;
        ReadOnlySpan<byte> received = query.StreamBuffer.AsSpan(0, query.StreamBytes);
        if (received.Length < StreamPrefixBytes)
        {
            return;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(received);
        if (length > LongestStreamBytes - StreamPrefixBytes)
        {
            Retry(query, nowNs);
        }
        else if (received.Length >= StreamPrefixBytes + length
            && !HandleMessage(query, received.Slice(StreamPrefixBytes, length), isStream: true, nowNs))
        {
            Retry(query, nowNs);
        }
    }

    /// <summary>A connection failed or ended.</summary>
    /// <param name="stream">Which.</param>
    /// <param name="nowNs">The time.</param>
    public void HandleStreamClosed(int stream, ulong nowNs)
    {
        if (StreamOf(stream) is { } query)
        {
            query.HasStream = false;
            Retry(query, nowNs);
        }
    }

    /// <summary>Does what is due.</summary>
    /// <param name="nowNs">The time.</param>
    /// <returns>When it has something to do next; <see cref="ulong.MaxValue"/> for never.</returns>
    public ulong Poll(ulong nowNs)
    {
        if (nowNs < NextDeadlineNs)
        {
            return NextDeadlineNs;
        }

        foreach (DnsQuery? query in _queries)
        {
            if (query is not null && query.DeadlineNs <= nowNs)
            {
                Retry(query, nowNs);
            }
        }

        ulong next = ulong.MaxValue;
        foreach (DnsQuery? query in _queries)
        {
            next = query is null ? next : Math.Min(next, query.DeadlineNs);
        }

        NextDeadlineNs = next;
        return next;
    }

    /// <summary>
    /// "localhost" and what ends with it is this machine, whatever servers say (RFC 6761 section 6.3).
    /// </summary>
    private static bool IsLocalhost(ReadOnlySpan<byte> name) => name.EndsWith("\u0009localhost\0"u8);

    /// <summary>Where a pending query, or nothing, is; -1 if nowhere.</summary>
    private int SlotOf(DnsQuery? query)
    {
        for (int slot = 0; slot < MaximumQueries; slot++)
        {
            if (_queries[slot] == query)
            {
                return slot;
            }
        }

        return -1;
    }

    private DnsQuery? StreamOf(int stream) =>
        (uint)stream < MaximumQueries && _queries[stream] is { HasStream: true } query ? query : null;

    /// <summary>Asks for the next of the names that can be meant, or answers from the cache.</summary>
    private DnsQueryState Ask(DnsQuery query, ulong nowNs)
    {
        while (_search.TryMake(query, query.Candidate, query.Current, out int length))
        {
            query.CurrentBytes = length;
            query.Aliases = 0;
            query.TtlSeconds = uint.MaxValue;
            if (length != 0)
            {
                DnsCacheEntry? known = _cache.Find(query.Current[..length], query.Type, nowNs);
                if (known is null)
                {
                    return AskServers(query, nowNs);
                }

                if (known.State == DnsQueryState.Resolved)
                {
                    query.Take(known.Addresses, known.Count);
                    return DnsQueryState.Resolved;
                }

                query.HasSeenNoData |= known.State == DnsQueryState.NoData;
            }

            query.Candidate++;
        }

        return query.HasSeenNoData ? DnsQueryState.NoData : DnsQueryState.NoSuchName;
    }

    private DnsQueryState AskServers(DnsQuery query, ulong nowNs)
    {
        query.Attempt = 0;
        query.HasServerFailed = false;
        query.HasOptions = true;
        return Send(query, nowNs);
    }

    /// <summary>Sends the current question to the server whose turn it is.</summary>
    private DnsQueryState Send(DnsQuery query, ulong nowNs)
    {
        if (query.Attempt >= _serverCount * Rounds)
        {
            return query.HasServerFailed || _serverCount == 0 ? DnsQueryState.ServerFailed : DnsQueryState.TimedOut;
        }

        query.Server = _servers[query.Attempt % _serverCount];
        SetTimer(query, nowNs + (FirstTimeoutNs << (query.Attempt / _serverCount)));
        if (TryOpenPort(query))
        {
            Span<byte> message = stackalloc byte[DnsQuestion.LongestBytes];
            int length = WriteQuestion(query, message);
            transport.SendDatagram(query.Port, query.Server, message[..length]);
        }

        return DnsQueryState.Pending;
    }

    private void SetTimer(DnsQuery query, ulong deadlineNs)
    {
        query.DeadlineNs = deadlineNs;
        NextDeadlineNs = Math.Min(NextDeadlineNs, deadlineNs);
    }

    private bool TryOpenPort(DnsQuery query)
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int tries = 0; tries < PortTries; tries++)
        {
            random.Fill(bytes);
            int port = LowestPort + (int)((BinaryPrimitives.ReadUInt32LittleEndian(bytes) & 0x7FFF_FFFF)
                % (ushort.MaxValue + 1 - LowestPort));
            if (transport.TryOpenPort((ushort)port))
            {
                query.Port = (ushort)port;
                return true;
            }
        }

        return false;
    }

    private int WriteQuestion(DnsQuery query, Span<byte> message)
    {
        Span<byte> bytes = stackalloc byte[2];
        random.Fill(bytes);
        query.Id = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        return DnsQuestion.Write(
            message, query.Id, query.Current[..query.CurrentBytes], query.Type, query.HasOptions);
    }

    /// <summary>Takes a message if it answers a query.</summary>
    /// <returns>Whether it does. Others are ignored: anybody can send them.</returns>
    private bool HandleMessage(DnsQuery query, ReadOnlySpan<byte> message, bool isStream, ulong nowNs)
    {
        if (!DnsHeader.TryParse(message, out DnsHeader header)
            || header.Id != query.Id
            || !header.IsResponse
            || !header.IsStandardQuery)
        {
            return false;
        }

        if (header.ResponseCode == DnsResponseCode.FormatError && header.Questions == 0 && query.HasOptions)
        {
            // A server from before EDNS need not repeat what it did not understand.
            RetryWithoutOptions(query, nowNs);
            return true;
        }

        if (!DnsQuestion.Matches(message, header, query.Current[..query.CurrentBytes], query.Type, out int next))
        {
            return false;
        }

        if (header.IsTruncated && !isStream)
        {
            OpenStream(query, nowNs);
            return true;
        }

        switch (header.ResponseCode)
        {
            case DnsResponseCode.NoError:
            case DnsResponseCode.NameError:
                HandleAnswer(query, message, header, next, nowNs);
                break;

            case DnsResponseCode.FormatError or DnsResponseCode.NotImplemented when query.HasOptions:
                RetryWithoutOptions(query, nowNs);
                break;

            default:
                query.HasServerFailed = true;
                Retry(query, nowNs);
                break;
        }

        return true;
    }

    private void HandleAnswer(DnsQuery query, ReadOnlySpan<byte> message, in DnsHeader header, int next, ulong nowNs)
    {
        int length = query.CurrentBytes;
        Span<byte> name = stackalloc byte[DnsName.LongestBytes];
        query.Current[..length].CopyTo(name);
        if (!DnsAnswer.TryRead(message, header, next, name, ref length, query.Type, out DnsAnswer answer))
        {
            query.HasServerFailed = true;
            Retry(query, nowNs);
            return;
        }

        Close(query);
        bool exists = header.ResponseCode == DnsResponseCode.NoError;
        query.Aliases += answer.Aliases;
        query.TtlSeconds = Math.Min(query.TtlSeconds, answer.TtlSeconds);
        if (answer.Count != 0)
        {
            Remember(query, DnsQueryState.Resolved, answer, nowNs);
            query.Take(answer.Addresses, answer.Count);
            Complete(query, DnsQueryState.Resolved);
        }
        else if (exists && query.Aliases > DnsAnswer.MaximumAliases)
        {
            Complete(query, DnsQueryState.ServerFailed);
        }
        else if (exists && answer.Aliases != 0)
        {
            // The server knows an alias only. What it stands for is asked for next.
            name[..length].CopyTo(query.Current);
            query.CurrentBytes = length;
            CompleteUnlessPending(query, AskServers(query, nowNs));
        }
        else
        {
            Remember(query, exists ? DnsQueryState.NoData : DnsQueryState.NoSuchName, answer, nowNs);
            query.HasSeenNoData |= exists;
            query.Candidate++;
            CompleteUnlessPending(query, Ask(query, nowNs));
        }
    }

    /// <summary>Keeps an answer under the name that it began with.</summary>
    private void Remember(DnsQuery query, DnsQueryState state, in DnsAnswer answer, ulong nowNs)
    {
        Span<byte> name = stackalloc byte[DnsName.LongestBytes];
        if (_search.TryMake(query, query.Candidate, name, out int length) && length != 0)
        {
            _cache.Add(name[..length], query.Type, state, answer, query.TtlSeconds, nowNs);
        }
    }

    private void OpenStream(DnsQuery query, ulong nowNs)
    {
        Close(query);
        if (!transport.TryOpenStream(SlotOf(query), query.Server))
        {
            Retry(query, nowNs);
            return;
        }

        query.HasStream = true;
        SetTimer(query, nowNs + StreamTimeoutNs);
    }

    private void Retry(DnsQuery query, ulong nowNs)
    {
        Close(query);
        query.Attempt++;
        CompleteUnlessPending(query, Send(query, nowNs));
    }

    private void RetryWithoutOptions(DnsQuery query, ulong nowNs)
    {
        Close(query);
        query.HasOptions = false;
        CompleteUnlessPending(query, Send(query, nowNs));
    }

    private void Close(DnsQuery query)
    {
        if (query.Port != 0)
        {
            transport.ClosePort(query.Port);
            query.Port = 0;
        }

        if (query.HasStream)
        {
            transport.CloseStream(SlotOf(query));
            query.HasStream = false;
        }

        if (query.StreamBuffer is not null)
        {
            buffers.Return(query.StreamBuffer);
            query.StreamBuffer = null;
        }

        query.StreamBytes = 0;
    }

    private void CompleteUnlessPending(DnsQuery query, DnsQueryState state)
    {
        if (state != DnsQueryState.Pending)
        {
            Complete(query, state);
        }
    }

    private void Complete(DnsQuery query, DnsQueryState state)
    {
        _queries[SlotOf(query)] = null;
        query.State = state;
        transport.OnCompleted(query);
    }
}
