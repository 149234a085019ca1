// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using Denali.Hardware;
using Denali.Http;
using Denali.Net;
using Ilwaco;

/// <summary>Accepts connections and runs them, all in one thread.</summary>
internal sealed unsafe class WebServer
{
    // Each costs about 2 KiB with its sockets: a third of the memory that the image asks for.
    private const int ConnectionsMax = 12_288;

    // What sockets may take that is not acknowledged: a share of the memory, at most a whole window each.
    private const uint SendShare = 8;
    private const uint SendLimitMin = 16 * 1024;
    private const uint SendLimitMax = 2 * 1024 * 1024;

    // The first request, its own, takes microseconds; if it does not work, the VM serves all the same.
    private const ulong WarmUpNs = 100_000_000;
    private const ulong WarmUpTurnNs = 1_000_000;
    private const int WarmUpBytes = 1024;

    private const int Backlog = 1024;
    private const int NewsPerTurn = 64;

    // What is under way when the VM is to end has so long; and so often is looked whether all has arrived.
    private const ulong GraceNs = 1_500_000_000;
    private const ulong GraceLookNs = 5_000_000;

    // The listener's news; those of connections come with their index, which is more.
    private const int ListenerIndex = 0;

    private readonly EventPoll _poll = new();
    private readonly WebTransport _transport = new();
    private readonly HttpServer _http;

    // One list for each thing that is waited for, so that each is in the order of its deadlines.
    private readonly ConnectionList[] _waiting = new ConnectionList[(int)ConnectionState.Closed];
    private readonly ConnectionList _runnable = new();

    private WebConnection?[] _connections = new WebConnection?[64];
    private WebConnection? _free;
    private int _madeCount;
    private int _count;
    private int _listener = -1;
    private bool _isEndAsked;
    private ulong _endNs = InstructionPage.Never;
    private ulong _generation;

    internal WebServer(SiteFiles files, IRequestLog? log)
    {
        _http = new HttpServer(new StaticSite(files), log);
        for (int i = 0; i < _waiting.Length; i++)
        {
            _waiting[i] = new ConnectionList();
        }
    }

    private static ReadOnlySpan<byte> OwnRequest => "OPTIONS / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8;

    /// <summary>
    /// What a connection's socket may take: all that are in the middle of a response share an eighth of the memory, so
    /// that many who do not read leave room for those who do.
    /// </summary>
    private int SendLimitBytes
    {
        get
        {
            uint responding = (uint)_waiting[(int)ConnectionState.Response].Count + 1;
            ulong share = VirtualRegisters.Page->MemoryBytes / SendShare / responding;
            return (int)Math.Clamp(share, SendLimitMin, SendLimitMax);
        }
    }

    /// <summary>Begins to listen.</summary>
    internal bool TryListen(ushort port)
    {
        _listener = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        _ = Posix.SetSocketOption(_listener, SocketOption.NonBlocking, 1);
        _ = Posix.SetSocketOption(_listener, SocketOption.NoDelay, 1);
        return Posix.Bind(_listener, SocketAddress.Any(AddressFamily.Ipv6, port)) == 0
            && Posix.Listen(_listener, Backlog) == 0
            && _poll.Add(_listener, ListenerIndex) == 0;
    }

    /// <summary>Lets the server end: no new connections, and the others only until they have their answer.</summary>
    internal void EndSoon()
    {
        _isEndAsked = true;
        _poll.Interrupt();
    }

    /// <summary>
    /// Asks itself for something, before the VM is ready: what the first request makes is in the template then, and not
    /// made by every clone. It is a request that no file is looked at for.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // or what is on its stack stays there as long as the server runs
    internal void WarmUp(ushort port)
    {
        var own = IpAddress.ReadIpv6(new ReadOnlySpan<byte>(&VirtualRegisters.Page->Ipv6Address0, 16));
        int client = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        _ = Posix.SetSocketOption(client, SocketOption.NonBlocking, 1);
        _ = Posix.Connect(client, new SocketAddress(own, port));
        ulong endNs = Clock.After(WarmUpNs);
        bool isAsked = false;
        Span<byte> answer = stackalloc byte[WarmUpBytes];
        int received = -(int)Errno.EAGAIN;
        while (received != 0 && Clock.MonotonicNs < endNs)
        {
            Turn(WarmUpTurnNs);
            isAsked = isAsked || Posix.Send(client, OwnRequest) > 0;
            received = Posix.Receive(client, answer, MessageFlags.DontWait);
        }

        _ = Posix.Close(client);
        while (_count > 0 && Clock.MonotonicNs < endNs)
        {
            Turn(WarmUpTurnNs);
        }
    }

    /// <summary>Serves until the end.</summary>
    internal void Run()
    {
        while (!_http.IsEnding || (_count > 0 && Clock.MonotonicNs < _endNs))
        {
            Turn(InstructionPage.Never);
        }

        for (int i = 1; i <= _madeCount; i++)
        {
            if (_connections[i]!.Descriptor >= 0)
            {
                Close(_connections[i]!);
            }
        }
    }

    /// <summary>Waits until there is something to do, and does it.</summary>
    /// <param name="atMostNs">How long to wait at most.</param>
    private void Turn(ulong atMostNs)
    {
        Span<SocketNews> news = stackalloc SocketNews[NewsPerTurn];
        ulong deadlineNs = _runnable.First is null ? Math.Min(NextDeadlineNs(), Clock.After(atMostNs)) : 0;
        int count = _poll.Wait(news, deadlineNs);
        ulong nowNs = Clock.MonotonicNs;
        TakeIdentity();
        _http.UnixSeconds = (long)(Clock.WallNs / Clock.NsPerSecond);
        for (int i = 0; i < count; i++)
        {
            int index = (int)news[i].Data;
            if (index == ListenerIndex)
            {
                AcceptAll(nowNs);
            }
            else if (_connections[index]!.Descriptor >= 0)
            {
                Run(_connections[index]!, nowNs);
            }
        }

        RunOthers(nowNs);
        Expire(nowNs);
        if (_isEndAsked && !_http.IsEnding)
        {
            End(nowNs);
        }

        if (_http.IsEnding)
        {
            CloseDelivered();
        }
    }

    /// <summary>Draws anew what nobody may know: when it starts, and when this is another VM than it was.</summary>
    private void TakeIdentity()
    {
        ulong generation = VirtualRegisters.Page->Generation;
        if (generation != _generation)
        {
            _generation = generation;
            _http.SetBoundary(GuestRandom.NextUInt64());
        }
    }

    private void AcceptAll(ulong nowNs)
    {
        int descriptor;
        while (_listener >= 0 && (descriptor = Posix.Accept(_listener, out _, MessageFlags.DontWait)) >= 0)
        {
            if (_count == ConnectionsMax && !MakeRoom())
            {
                _ = Posix.Close(descriptor);
                continue;
            }

            WebConnection connection = TakeConnection();
            _count++;
            connection.Start(descriptor, nowNs);
            _ = Posix.SetSocketOption(descriptor, SocketOption.NonBlocking, 1);
            _ = _poll.Add(descriptor, connection.Index);
            Place(connection, mayGoOn: false, nowNs);
        }
    }

    /// <summary>Closes the connection that nothing was asked on for the longest time.</summary>
    private bool MakeRoom()
    {
        WebConnection? idle =
            _waiting[(int)ConnectionState.Idle].First ?? _waiting[(int)ConnectionState.Lingering].First;
        if (idle is not null)
        {
            Close(idle);
        }

        return idle is not null;
    }

    private WebConnection TakeConnection()
    {
        if (_free is not null)
        {
            WebConnection connection = _free;
            _free = connection.Next;
            connection.Next = null;
            return connection;
        }

        int index = ++_madeCount;
        if (index == _connections.Length)
        {
            WebConnection?[] larger = new WebConnection?[index * 2];
            _connections.AsSpan().CopyTo(larger);
            Heap.Free(_connections);
            _connections = larger;
        }

        return _connections[index] = new WebConnection(index);
    }

    private void Run(WebConnection connection, ulong nowNs)
    {
        _transport.Begin(connection, SendLimitBytes);
        bool mayGoOn = connection.Http.Run(_http, _transport, nowNs);
        _transport.End();
        Place(connection, mayGoOn, nowNs);
    }

    /// <summary>Goes on with connections that stopped so that others had their turn: each once.</summary>
    private void RunOthers(ulong nowNs)
    {
        WebConnection? last = _runnable.Last;
        while (_runnable.First is not null)
        {
            WebConnection connection = _runnable.First;
            Run(connection, nowNs);
            if (connection == last)
            {
                return;
            }
        }
    }

    /// <summary>Puts a connection where it belongs after something happened to it.</summary>
    private void Place(WebConnection connection, bool mayGoOn, ulong nowNs)
    {
        ConnectionState state = connection.Http.State;
        if (connection.IsBroken || (state == ConnectionState.Closed && connection.Unsent is null))
        {
            Close(connection);
            return;
        }

        // One that is over but for what the client has not taken yet waits as if it were still answering.
        ulong deadlineNs = state == ConnectionState.Closed ? nowNs + HttpLimits.SendNs : connection.Http.DeadlineNs;
        ConnectionList list =
            mayGoOn ? _runnable
            : _waiting[(int)(state == ConnectionState.Closed ? ConnectionState.Response : state)];
        if (connection.List != list || connection.DeadlineNs != deadlineNs)
        {
            connection.DeadlineNs = deadlineNs;
            list.Add(connection);
        }
    }

    private ulong NextDeadlineNs()
    {
        ulong nextNs = _http.IsEnding ? Clock.After(GraceLookNs) : InstructionPage.Never;
        foreach (ConnectionList list in _waiting)
        {
            nextNs = list.First is null ? nextNs : Math.Min(nextNs, list.First.DeadlineNs);
        }

        return nextNs;
    }

    private void Expire(ulong nowNs)
    {
        foreach (ConnectionList list in _waiting)
        {
            while (list.First is not null && list.First.DeadlineNs <= nowNs)
            {
                WebConnection connection = list.First;
                if (connection.Http.State == ConnectionState.Closed)
                {
                    Close(connection);
                    continue;
                }

                _transport.Begin(connection, SendLimitBytes);
                connection.Http.OnDeadline(_http, _transport, nowNs);
                _transport.End();
                Place(connection, mayGoOn: false, nowNs);
            }
        }
    }

    private void End(ulong nowNs)
    {
        _http.IsEnding = true;
        _endNs = nowNs + GraceNs;
        _ = Posix.Close(_listener);
        _listener = -1;
        for (int i = 1; i <= _madeCount; i++)
        {
            WebConnection connection = _connections[i]!;
            if (connection.Descriptor >= 0)
            {
                _transport.Begin(connection, SendLimitBytes);
                connection.Http.EndSoon(_transport, nowNs);
                _transport.End();
                Place(connection, mayGoOn: false, nowNs);
            }
        }
    }

    /// <summary>
    /// Closes the connections that have ended and whose clients have everything: with the VM, what is still in its
    /// buffers would be lost.
    /// </summary>
    private void CloseDelivered()
    {
        WebConnection? connection = _waiting[(int)ConnectionState.Lingering].First;
        while (connection is not null)
        {
            WebConnection? next = connection.Next;
            if (connection.Unsent is null
                && Posix.GetSocketOption(connection.Descriptor, SocketOption.Unacknowledged, out int bytes) == 0
                && bytes == 0)
            {
                Close(connection);
            }

            connection = next;
        }
    }

    private void Close(WebConnection connection)
    {
        connection.Http.Close(_http);
        connection.List?.Remove(connection);
        WebTransport.DropUnsent(connection);
        _ = Posix.Close(connection.Descriptor);
        connection.Descriptor = -1;
        connection.Next = _free;
        _free = connection;
        _count--;
    }
}
