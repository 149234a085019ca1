// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Simulation;

/// <summary>
/// Some stacks, a network between them and owners of connections, in virtual time. It throws if a byte is wrong, if
/// something is lost without an error, if memory or timers are left, or if the stacks talk too much.
/// </summary>
internal sealed class Simulation
{
    private const ushort Port = 80;
    private const ulong Second = 1_000_000_000;
    private const ulong LongestNs = 4 * 3600 * Second;

    private readonly SimulationPlan _plan;
    private readonly Random _random;
    private readonly SimulatedHost[] _hosts;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedConversation[] _conversations;
    private readonly Dictionary<(IpEndpoint Client, IpEndpoint Server), SimulatedConversation> _begun = [];
    private readonly List<TcpListener> _listeners = [];
    private readonly SimulatedDatagrams[] _datagrams;
    private ulong _nextSqueezeNs = ulong.MaxValue;
    private int _squeezesLeft;
    private ulong _nowNs;
    private ulong _instantNs;
    private int _stepsAtOnce;

    public Simulation(Random random)
    {
        _random = random;
        _plan = new SimulationPlan(random);
        _nowNs = _plan.StartNs;
        _hosts = [.. Enumerable.Range(0, _plan.HostCount).Select(number => new SimulatedHost(number, _plan, random))];
        _network = new SimulatedNetwork(_plan, random, _hosts);
        _conversations = [.. Enumerable.Range(0, _plan.ConversationCount)
            .Select(number => new SimulatedConversation(number, _plan, random))];
        _datagrams = _plan.HasDatagrams
            ? [.. _hosts.Select(host => new SimulatedDatagrams(host, _plan, random))]
            : [];
        if (_plan.HasScarceMemory)
        {
            _nextSqueezeNs = _nowNs;
            _squeezesLeft = 6;
        }

        foreach (SimulatedHost host in _hosts)
        {
            host.Poll(_nowNs);
            int backlog = random.Next(3) == 0 ? random.Next(1, 4) : 64;
            _listeners.Add(host.Stack.Tcp.Listen(new IpEndpoint(default, Port), backlog, out _)!);
        }
    }

    /// <summary>Frames that were sent.</summary>
    public long FrameCount => _hosts.Sum(host => host.FrameCount);

    /// <summary>How often stacks were polled.</summary>
    public long PollCount => _hosts.Sum(host => host.PollCount);

    /// <summary>Datagrams that arrived.</summary>
    public long DatagramCount => _datagrams.Sum(datagrams => datagrams.ReceivedCount);

    /// <summary>Conversations that ended well.</summary>
    public int WholeCount => _conversations.Count(conversation => conversation.Client.SawEnd
        && conversation.Server.SawEnd);

    /// <summary>What the stacks' TCP counted, added up.</summary>
    public ulong Total(Func<TcpStatistics, ulong> counter) =>
        _hosts.Aggregate(0UL, (sum, host) => sum + counter(host.Stack.Tcp.Statistics));

    /// <summary>Runs it to its end.</summary>
    public void Run()
    {
        RunUntil(() => _conversations.All(conversation => conversation.IsOver)
            && _datagrams.All(datagrams => datagrams.IsOver));
        foreach (SimulatedConversation conversation in _conversations)
        {
            conversation.Check(_plan);
        }

        CheckTraffic();
        foreach (SimulatedHost host in _hosts)
        {
            host.Buffers.LimitBytes = int.MaxValue;
            host.IsDirty = true;
        }

        _squeezesLeft = 0;
        _nextSqueezeNs = ulong.MaxValue;
        _listeners.ForEach(listener => listener.Close());
        RunUntil(() => _hosts.All(host => host.NextNs == ulong.MaxValue));
        Array.ForEach(_datagrams, datagrams => datagrams.Close());
        CheckRest();
    }

    private void RunUntil(Func<bool> isDone)
    {
        ulong limitNs = _nowNs + LongestNs;
        while (true)
        {
            Step();
            if (_network.NextNs == ulong.MaxValue && _hosts.All(host => !host.HasFrames) && isDone())
            {
                return;
            }

            ulong next = NextNs();
            if (next > limitNs)
            {
                throw new InvalidOperationException($"it never ends: {Describe()}");
            }

            _nowNs = Math.Max(next, _nowNs);
        }
    }

    // Everything that happens at this instant.
    private void Step()
    {
        Squeeze();
        BeginConversations();
        bool isMoving = true;
        while (isMoving)
        {
            isMoving = false;
            CheckInstant();
            _network.Advance(_nowNs);
            Array.ForEach(_datagrams, datagrams => datagrams.ReceiveAll());
            for (int i = 0; i < _datagrams.Length; i++)
            {
                _hosts[i].IsDirty |= _datagrams[i].SendIfDue(_nowNs);
            }

            foreach (SimulatedHost host in _hosts)
            {
                AcceptOn(host);
                bool isOwnerDue = host.Peers.Any(peer => !peer.IsOver && peer.NextNs <= _nowNs);
                if (host.IsDirty || host.NextNs <= _nowNs || isOwnerDue)
                {
                    host.Poll(_nowNs);
                    isMoving |= host.IsDirty;
                }
            }

            _network.StartLinks(_nowNs);
            isMoving |= _network.NextNs <= _nowNs;
        }
    }

    // Time must go on.
    private void CheckInstant()
    {
        const int StepsMax = 50_000;
        _stepsAtOnce = _instantNs == _nowNs ? _stepsAtOnce + 1 : 0;
        _instantNs = _nowNs;
        if (_stepsAtOnce > StepsMax)
        {
            throw new InvalidOperationException($"time stands still at {_nowNs}: {Describe()}");
        }
    }

    private string Describe() => string.Join("; ", _conversations.Where(conversation => !conversation.IsOver))
        + "; polls due " + string.Join(", ", _hosts.Select(host => $"{host.NextNs} {host.HasFrames}"));

    private ulong NextNs()
    {
        ulong next = Math.Min(_network.NextNs, _nextSqueezeNs);
        foreach (SimulatedHost host in _hosts)
        {
            next = Math.Min(next, host.NextNs);
            foreach (SimulatedPeer peer in host.Peers)
            {
                next = Math.Min(next, peer.IsOver ? ulong.MaxValue : peer.NextNs);
            }
        }

        // Owners do not accept at once.
        const ulong AcceptPauseNs = 1_000_000;
        next = _listeners.Any(listener => listener.PendingCount > 0) ? Math.Min(next, _nowNs + AcceptPauseNs) : next;
        foreach (SimulatedConversation conversation in _conversations)
        {
            next = Math.Min(next, conversation.HasBegun ? ulong.MaxValue : conversation.BeginNs);
        }

        foreach (SimulatedDatagrams datagrams in _datagrams)
        {
            next = Math.Min(next, datagrams.NextNs);
        }

        return next;
    }

    private void BeginConversations()
    {
        foreach (SimulatedConversation conversation in _conversations)
        {
            if (!conversation.HasBegun && conversation.BeginNs <= _nowNs)
            {
                conversation.HasBegun = true;
                Begin(conversation);
            }
        }
    }

    private void Begin(SimulatedConversation conversation)
    {
        SimulatedHost host = _hosts[conversation.ClientHost];
        IpInterface server = _hosts[conversation.ServerHost].Stack.Interface;
        var remote = new IpEndpoint(conversation.IsIpv6 ? server.Ipv6Address : server.Ipv4Address, Port);
        host.Stack.SetTime(_nowNs);
        TcpConnection? connection = host.Stack.Tcp.Connect(default, remote, out NetError error);
        if (connection is null)
        {
            conversation.Client.Fail(error);
            return;
        }

        _begun.Add((connection.Local, remote), conversation);
        host.Peers.Add(conversation.Client);
        conversation.Client.Begin(connection, _nowNs);
        host.IsDirty = true;
    }

    private void AcceptOn(SimulatedHost host)
    {
        while (_random.Next(4) != 0 && _listeners[host.Number].Accept() is TcpConnection connection)
        {
            SimulatedConversation conversation = _begun[(connection.Remote, connection.Local)];
            if (conversation.Server.WasConnected)
            {
                // A duplicate of a cookie's last acknowledgment makes a connection again: what cookies cost.
                if (!_plan.HasCookies)
                {
                    throw new InvalidOperationException($"conversation {conversation} was accepted twice");
                }

                connection.Abort();
                connection.Release();
                continue;
            }

            host.Peers.Add(conversation.Server);
            conversation.Server.Begin(connection, _nowNs);
            host.IsDirty = true;
        }
    }

    // Memory that comes and goes.
    private void Squeeze()
    {
        if (_nowNs < _nextSqueezeNs)
        {
            return;
        }

        _squeezesLeft--;
        _nextSqueezeNs = _squeezesLeft > 0 ? _nowNs + (ulong)_random.NextInt64(1, 4 * (long)Second) : ulong.MaxValue;
        foreach (SimulatedHost host in _hosts)
        {
            bool isShort = _squeezesLeft > 0 && _random.Next(2) == 0;
            host.Buffers.LimitBytes = isShort ? _random.Next(1 << _random.Next(10, 18)) : int.MaxValue;
            host.IsDirty = true;
        }
    }

    // Loose bounds: what a stack does must follow from what its owners do, not from itself.
    private void CheckTraffic()
    {
        const int SmallestSegment = 500;
        long bytes = _conversations.Sum(conversation => conversation.Client.Written + conversation.Server.Written);
        long work = (bytes / SmallestSegment) + (50 * _conversations.Length) + (60 * _datagrams.Length * 20) + 100;
        if (FrameCount > 10 * work || PollCount > 30 * work)
        {
            throw new InvalidOperationException(
                $"{FrameCount} frames and {PollCount} polls for {bytes} bytes on {_conversations.Length} connections");
        }
    }

    private void CheckRest()
    {
        foreach (SimulatedHost host in _hosts)
        {
            TcpLayer tcp = host.Stack.Tcp;
            int held = host.Buffers.OutstandingBytes;
            if (held != 0 || tcp.ConnectionCount != 0 || tcp.TimeWaitCount != 0)
            {
                throw new InvalidOperationException(
                    $"host {host.Number} is left with {held} bytes of buffers, {tcp.ConnectionCount} connections, "
                    + $"{tcp.TimeWaitCount} in TIME-WAIT");
            }
        }
    }
}
