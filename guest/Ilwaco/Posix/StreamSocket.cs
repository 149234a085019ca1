// SPDX-License-Identifier: MIT
using System;
using Denali.Net;
using Denali.Net.Tcp;

namespace Ilwaco;

/// <summary>A TCP socket behind a descriptor: at first nothing, then a listener or a connection.</summary>
internal sealed class StreamSocket : Socket, ITcpEvents, ITcpListenerEvents
{
    private const int BacklogMax = 4096;

    private readonly StreamOptions _options = new();
    private IpEndpoint _local;
    private bool _isBound;
    private TcpListener? _listener;
    private TcpConnection? _connection;
    private bool _isConnecting;
    private bool _isReadShut;
    private NetError _error;

    internal StreamSocket(AddressFamily family)
        : base(family)
    {
    }

    private StreamSocket(AddressFamily family, TcpConnection connection)
        : base(family)
    {
        _connection = connection;
        connection.Events = this;
    }

    /// <inheritdoc/>
    internal override SocketType Type => SocketType.Stream;

    /// <inheritdoc/>
    internal override PollEvents ReadyEvents
    {
        get
        {
            if (_listener is not null)
            {
                return _listener.PendingCount > 0 ? PollEvents.Readable : PollEvents.None;
            }

            if (_connection is null)
            {
                return PollEvents.HangUp | PollEvents.Writable;
            }

            if (_isConnecting)
            {
                return PollEvents.None;
            }

            PollEvents events = PollEvents.None;
            bool isEnded = _connection.IsReceiveEnded || _isReadShut;
            if (_connection.ReadableBytes > 0 || isEnded)
            {
                events |= PollEvents.Readable;
            }

            if (isEnded)
            {
                events |= PollEvents.ReadHangUp;
            }

            if (_connection.State is TcpState.Closed or TcpState.TimeWait)
            {
                events |= PollEvents.HangUp | PollEvents.Writable;
            }
            else if (_connection.WritableBytes > 0)
            {
                events |= PollEvents.Writable;
            }

            return _error != NetError.None ? events | PollEvents.Error : events;
        }
    }

    /// <inheritdoc/>
    public void OnConnected(TcpConnection connection)
    {
        _isConnecting = false;
        Wake();
    }

    /// <inheritdoc/>
    public void OnReadable(TcpConnection connection) => Wake();

    /// <inheritdoc/>
    public void OnWritable(TcpConnection connection) => Wake();

    /// <inheritdoc/>
    public void OnClosed(TcpConnection connection)
    {
        _isConnecting = false;
        _error = connection.Error;
        Wake();
    }

    /// <inheritdoc/>
    public void OnAcceptable(TcpListener listener) => Wake();

    /// <inheritdoc/>
    internal override int Bind(in SocketAddress address)
    {
        if (!Takes(address))
        {
            return -(int)Errno.EAFNOSUPPORT;
        }

        if (!address.Address.IsAny && !Network.Stack.Interface.IsOwn(address.Address))
        {
            return -(int)Errno.EADDRNOTAVAIL;
        }

        if (_isBound || _connection is not null)
        {
            return -(int)Errno.EINVAL;
        }

        ushort port = address.Port;
        if (port == 0 && !Network.Stack.Tcp.TryFindPort(out port))
        {
            return -(int)Errno.EADDRINUSE;
        }

        _local = new IpEndpoint(address.Address, port);
        _isBound = true;
        return 0;
    }

    /// <inheritdoc/>
    internal override int Listen(int backlog)
    {
        if (_connection is not null)
        {
            return -(int)Errno.EISCONN;
        }

        if (_listener is not null)
        {
            return 0;
        }

        IpEndpoint local = _isBound ? _local : SocketAddress.Any(Family, 0).Endpoint;
        backlog = Math.Clamp(backlog, 1, BacklogMax);
        _listener = Network.Stack.Tcp.Listen(local, backlog, out NetError error, IsIpv6Only);
        if (_listener is null)
        {
            return Fail(error);
        }

        _listener.Events = this;
        _local = _listener.Local;
        return 0;
    }

    /// <inheritdoc/>
    internal override int Accept(out Socket? socket, out SocketAddress remote, bool isNonBlocking)
    {
        socket = null;
        remote = default;
        ulong deadlineNs = DeadlineOf(ReceiveTimeoutNs);
        while (true)
        {
            if (_listener is null)
            {
                return -(int)Errno.EINVAL;
            }

            TcpConnection? connection = _listener.Accept();
            if (connection is not null)
            {
                _options.ApplyTo(connection);
                remote = SocketAddress.Of(connection.Remote);
                var accepted = new StreamSocket(Family, connection)
                {
                    IsIpv6Only = IsIpv6Only,
                    ReceiveTimeoutNs = ReceiveTimeoutNs,
                    SendTimeoutNs = SendTimeoutNs,
                };
                if (connection.State == TcpState.Closed)
                {
                    accepted._error = connection.Error;
                }

                socket = accepted;
                return 0;
            }

            int stop = isNonBlocking || IsNonBlocking ? -(int)Errno.EAGAIN : Wait(deadlineNs);
            if (stop != 0)
            {
                return stop;
            }
        }
    }

    /// <inheritdoc/>
    internal override int Connect(in SocketAddress address)
    {
        if (_listener is not null)
        {
            return -(int)Errno.EOPNOTSUPP;
        }

        if (_connection is not null)
        {
            return _isConnecting ? -(int)Errno.EALREADY : -(int)Errno.EISCONN;
        }

        if (!Takes(address))
        {
            return -(int)Errno.EAFNOSUPPORT;
        }

        IpEndpoint local = _isBound ? _local : default;
        if (local.Address.IsAny && !TryGetSource(address.Address, local.Port, out local))
        {
            return -(int)Errno.ENETUNREACH;
        }

        _connection = Network.Stack.Tcp.Connect(local, address.Endpoint, out NetError error);
        if (_connection is null)
        {
            return Fail(error);
        }

        _connection.Events = this;
        _options.ApplyTo(_connection);
        _isConnecting = true;
        if (IsNonBlocking)
        {
            return -(int)Errno.EINPROGRESS;
        }

        ulong deadlineNs = DeadlineOf(SendTimeoutNs);
        while (_isConnecting)
        {
            int stop = Wait(deadlineNs);
            if (stop != 0)
            {
                return stop == -(int)Errno.EAGAIN ? -(int)Errno.EINPROGRESS : stop;
            }
        }

        return TakeError();
    }

    /// <inheritdoc/>
    internal override int Send(ReadOnlySpan<byte> data, MessageFlags flags, in SocketAddress? remote)
    {
        if (_connection is null)
        {
            return -(int)Errno.ENOTCONN;
        }

        bool mayWait = !IsNonBlocking && (flags & MessageFlags.DontWait) == 0;
        ulong deadlineNs = DeadlineOf(SendTimeoutNs);
        int sent = 0;
        while (true)
        {
            if (_error != NetError.None)
            {
                return sent > 0 ? sent : TakeError();
            }

            if (!_isConnecting && _connection.State is not (TcpState.Established or TcpState.CloseWait))
            {
                return sent > 0 ? sent : -(int)Errno.EPIPE;
            }

            sent += _isConnecting ? 0 : _connection.Send(data.Slice(sent));
            if (sent == data.Length)
            {
                return sent;
            }

            int stop = mayWait ? Wait(deadlineNs) : -(int)Errno.EAGAIN;
            if (stop != 0)
            {
                return sent > 0 ? sent : stop;
            }
        }
    }

    /// <summary>Sends lent bytes, never waiting.</summary>
    /// <returns>Bytes taken, and then all of them are the connection's to give back; or the negated error.</returns>
    internal int SendLent(in LentBytes lent)
    {
        if (_connection is null)
        {
            return -(int)Errno.ENOTCONN;
        }

        if (_error != NetError.None)
        {
            return TakeError();
        }

        if (!_isConnecting && _connection.State is not (TcpState.Established or TcpState.CloseWait))
        {
            return -(int)Errno.EPIPE;
        }

        int taken = _isConnecting ? 0 : _connection.SendLent(lent);
        return taken > 0 ? taken : -(int)Errno.EAGAIN;
    }

    /// <inheritdoc/>
    internal override int Receive(Span<byte> data, MessageFlags flags, out SocketAddress remote)
    {
        remote = default;
        if (_connection is null)
        {
            return -(int)Errno.ENOTCONN;
        }

        bool mayWait = !IsNonBlocking && (flags & MessageFlags.DontWait) == 0;
        bool isPeek = (flags & MessageFlags.Peek) != 0;
        int wanted = (flags & MessageFlags.WaitAll) != 0 && !isPeek ? data.Length : Math.Min(1, data.Length);
        ulong deadlineNs = DeadlineOf(ReceiveTimeoutNs);
        int received = 0;
        while (true)
        {
            if (!_isConnecting && !_isReadShut)
            {
                received += isPeek
                    ? _connection.ReceivePeek(0, data)
                    : _connection.Receive(data.Slice(received));
            }

            bool isEnded = _isReadShut || _connection.IsReceiveEnded;
            if (received >= wanted || (isEnded && !_isConnecting))
            {
                bool isCutShort = _error != NetError.None && !_connection.IsPeerEnded;
                return received == 0 && wanted > 0 && isCutShort ? TakeError() : received;
            }

            int stop = mayWait ? Wait(deadlineNs) : -(int)Errno.EAGAIN;
            if (stop != 0)
            {
                return received > 0 ? received : stop;
            }
        }
    }

    /// <inheritdoc/>
    internal override int Shutdown(ShutdownHow how)
    {
        if (_connection is null || _isConnecting || _connection.State == TcpState.Closed)
        {
            return -(int)Errno.ENOTCONN;
        }

        if (how != ShutdownHow.Write)
        {
            _isReadShut = true;
            Wake();
        }

        if (how != ShutdownHow.Read)
        {
            _connection.ShutdownSend();
        }

        return 0;
    }

    /// <inheritdoc/>
    internal override int GetName(bool isPeer, out SocketAddress address)
    {
        address = default;
        if (isPeer)
        {
            if (_connection is null || _isConnecting)
            {
                return -(int)Errno.ENOTCONN;
            }

            address = SocketAddress.Of(_connection.Remote);
            return 0;
        }

        address = SocketAddress.Of(_connection is null ? _local : _connection.Local);
        return 0;
    }

    /// <inheritdoc/>
    internal override int Option(SocketOption option, bool isSet, ref int value)
    {
        switch (option)
        {
            case SocketOption.Error when !isSet:
                value = -TakeError();
                return 0;

            case SocketOption.AcceptsConnections when !isSet:
                value = _listener is null ? 0 : 1;
                return 0;

            case SocketOption.MaximumSegment when !isSet:
                value = _connection is null ? 0 : _connection.SegmentBytes;
                return 0;

            case SocketOption.Readable when !isSet:
                value = _connection is null ? 0 : _connection.ReadableBytes;
                return 0;

            case SocketOption.Unacknowledged when !isSet:
                bool isEndUnderWay =
                    _connection?.State is TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck;
                value = (_connection?.UnacknowledgedBytes ?? 0) + (isEndUnderWay ? 1 : 0);
                return 0;

            case SocketOption.Ipv6Only:
                return _isBound || _listener is not null || _connection is not null ? -(int)Errno.EINVAL : 0;

            default:
                int result = _options.Option(option, isSet, ref value);
                if (result == 0 && isSet && _connection is not null)
                {
                    _options.ApplyTo(_connection);
                }

                return result;
        }
    }

    /// <inheritdoc/>
    protected override void OnClose()
    {
        _listener?.Close();
        _listener = null;
        _connection?.Release();
        _connection = null;
        _isConnecting = false;
    }

    /// <inheritdoc/>
    protected override void FreeParts() => Heap.Free(_options);

    private static bool TryGetSource(IpAddress remote, ushort port, out IpEndpoint local)
    {
        bool found = Network.Stack.TryGetSource(remote, out IpAddress source);
        local = new IpEndpoint(source, port);
        return found;
    }

    private int TakeError()
    {
        int error = Fail(_error);
        _error = NetError.None;
        return error;
    }
}
