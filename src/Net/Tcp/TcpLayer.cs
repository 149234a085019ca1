// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>
/// TCP (RFC 9293): all connections and listeners of a stack. It does nothing by itself: segments are given to
/// <see cref="Receive"/>, time passes in <see cref="Poll"/>.
/// </summary>
/// <remarks>One thread at a time. Times are monotonic nanoseconds.</remarks>
public sealed partial class TcpLayer
{
    /// <summary>Unit of our timestamp clocks (RFC 7323 section 5.4).</summary>
    internal const ulong TimestampUnitNs = 1_000_000;

    /// <summary>What was counted.</summary>
    internal TcpStatistics Counters;

    private readonly SynCookies _cookies;
    private readonly TimeWaitTable _timeWaits;
    private readonly ChallengeLimiter _challenges;
    private TcpConnection? _free;
    private TcpConnection? _firstMarked;
    private TcpConnection? _lastMarked;
    private IntervalSet? _freeIntervals;

    /// <summary>Makes the layer.</summary>
    /// <param name="ip">What it sends by.</param>
    /// <param name="buffers">Where its buffers come from.</param>
    /// <param name="random">Where its secrets come from.</param>
    /// <param name="settings">Its settings, not to be changed any more.</param>
    public TcpLayer(IIpOutput ip, BufferAllocator buffers, RandomSource random, TcpSettings settings)
    {
        Ip = ip;
        Buffers = buffers;
        Random = random;
        Settings = settings;
        Secrets = new TcpSecrets(random);
        _cookies = new SynCookies(Secrets);
        _timeWaits = new TimeWaitTable(Secrets, settings.TimeWaitMax);
        _challenges = new ChallengeLimiter(random, settings.ChallengeAcksPerSecond);
        Connections = new ConnectionTable(Secrets);
    }

    /// <summary>What was counted since the start.</summary>
    public ref readonly TcpStatistics Statistics => ref Counters;

    /// <summary>Number of connections that are not over; SYN queues included.</summary>
    public int ConnectionCount => Connections.Count;

    /// <summary>Number of connections in TIME-WAIT.</summary>
    public int TimeWaitCount => _timeWaits.Count;

    internal IIpOutput Ip { get; }

    internal BufferAllocator Buffers { get; }

    internal RandomSource Random { get; }

    internal TcpSettings Settings { get; }

    internal TcpSecrets Secrets { get; }

    internal ConnectionTable Connections { get; }

    internal TimerHeap Timers { get; } = new();

    internal SentRangePool Ranges { get; } = new();

    internal LentPiecePool Pieces { get; } = new();

    internal byte[] HeaderScratch { get; } = new byte[TcpHeader.LargestBytes];

    /// <summary>The time of the last call that brought one.</summary>
    internal ulong NowNs { get; private set; }

    /// <summary>Lets time pass: timers that are due, then output of every connection that has some.</summary>
    /// <param name="nowNs">The time; not earlier than before.</param>
    /// <returns>
    /// When to call again at the latest, if nothing happens; ulong.MaxValue for never. If the link was full, call again
    /// also when it has room.
    /// </returns>
    public ulong Poll(ulong nowNs)
    {
        NowNs = nowNs;
        while (Timers.NextNs <= nowNs)
        {
            TcpConnection connection = Timers.First;
            Timers.Remove(connection);
            connection.OnTimer(nowNs);
            connection.DeliverEvents();
        }

        _timeWaits.Expire(nowNs);
        SendMarked(nowNs);
        return Math.Min(Timers.NextNs, _timeWaits.NextNs);
    }

    /// <summary>The clock of initial sequence numbers: a tick of 4.096 us (RFC 6528 section 3).</summary>
    internal static uint SequenceClock(ulong nowNs) => (uint)(nowNs >> 12);

    internal void Mark(TcpConnection connection)
    {
        connection.IsMarked = true;
        connection.OutputNext = null;
        if (_lastMarked is null)
        {
            _firstMarked = connection;
        }
        else
        {
            _lastMarked.OutputNext = connection;
        }

        _lastMarked = connection;
    }

    internal TcpConnection? Allocate(in IpEndpoint local, in IpEndpoint remote)
    {
        if (Connections.Count >= Settings.ConnectionsMax)
        {
            return null;
        }

        TcpConnection? connection = _free;
        if (connection is null)
        {
            connection = new TcpConnection(this);
        }
        else
        {
            _free = connection.Next;
            connection.Next = null;
            connection.IsFree = false;
        }

        connection.Reset(local, remote);
        Connections.Add(connection);
        return connection;
    }

    internal void Detach(TcpConnection connection)
    {
        Connections.Remove(connection);
        Timers.Remove(connection);
    }

    internal void FreeIfUnused(TcpConnection connection)
    {
        if (connection.IsOver && !connection.IsOwned && !connection.IsInAcceptQueue && !connection.IsFree)
        {
            connection.DropReceived();
            connection.Listener = null;
            connection.Events = null;
            connection.Owner = null;
            connection.IsFree = true;
            connection.Next = _free;
            _free = connection;
        }
    }

    internal IntervalSet TakeIntervals()
    {
        IntervalSet? set = _freeIntervals;
        if (set is null)
        {
            return new IntervalSet();
        }

        _freeIntervals = set.Next;
        set.Next = null;
        set.Clear();
        return set;
    }

    internal void ReturnIntervals(IntervalSet set)
    {
        set.Next = _freeIntervals;
        _freeIntervals = set;
    }

    // In the order in which they were marked. A connection that is marked meanwhile has its turn too. One that finds
    // the link full goes behind the others, so that a large window does not keep small ones waiting.
    private void SendMarked(ulong nowNs)
    {
        while (_firstMarked is TcpConnection connection)
        {
            _firstMarked = connection.OutputNext;
            if (_firstMarked is null)
            {
                _lastMarked = null;
            }

            connection.OutputNext = null;
            connection.IsMarked = false;
            bool isDone = connection.Output(nowNs);
            if (!isDone)
            {
                connection.Mark();
                return;
            }

            connection.DeliverEvents();
        }
    }
}
