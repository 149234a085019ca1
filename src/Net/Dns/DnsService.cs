// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tcp;

namespace Denali.Net;

/// <summary>
/// Asks name servers by a stack's own sockets: UDP, and TCP for answers that were truncated (RFC 7766 section 5).
/// </summary>
/// <remarks>
/// What sockets tell is only noted, and looked at by <see cref="Poll"/>: so the resolver never runs inside of UDP or
/// TCP. Sockets are bound and connections exist only while a query is pending.
/// </remarks>
public sealed class DnsService : IDnsTransport, IUdpEvents, ITcpEvents
{
    /// <summary>Port of name servers (RFC 1035 section 4.2).</summary>
    public const ushort ServerPort = 53;

    // A server sends one answer, and repeats it. More is noise, which must not take memory.
    private const int QueueBytesMax = 4 * DnsQuestion.LargestDatagramBytes;

    // An answer over TCP comes to the resolver in pieces of this size.
    private const int PieceBytes = 512;

    private readonly UdpLayer _udp;
    private readonly TcpLayer _tcp;
    private readonly DnsResolver _resolver;
    private readonly UdpSocket?[] _sockets = new UdpSocket?[DnsResolver.MaximumQueries];
    private readonly TcpConnection?[] _streams = new TcpConnection?[DnsResolver.MaximumQueries];
    private readonly byte[] _datagram = new byte[DnsQuestion.LargestDatagramBytes];

    // One bit for each stream: what its connection has told.
    private uint _opened;
    private uint _readable;
    private uint _closed;
    private bool _hasDatagrams;

    /// <summary>Makes the service.</summary>
    /// <param name="udp">Asks by it.</param>
    /// <param name="tcp">Asks by it for long answers.</param>
    /// <param name="random">For ports and numbers that nobody can guess.</param>
    /// <param name="buffers">For answers over TCP.</param>
    public DnsService(UdpLayer udp, TcpLayer tcp, RandomSource random, BufferAllocator buffers)
    {
        _udp = udp;
        _tcp = tcp;
        _resolver = new DnsResolver(this, random, buffers);
    }

    /// <summary>Whoever is told of answers.</summary>
    public IDnsEvents? Events { get; set; }

    /// <summary>Whether a socket has told something that <see cref="Poll"/> has not looked at yet.</summary>
    internal bool HasNews => _hasDatagrams || (_opened | _readable | _closed) != 0;

    /// <inheritdoc cref="DnsResolver.SetServers"/>
    public void SetServers(ReadOnlySpan<IpEndpoint> servers) => _resolver.SetServers(servers);

    /// <inheritdoc cref="DnsResolver.ClearSearchList"/>
    public void ClearSearchList() => _resolver.ClearSearchList();

    /// <inheritdoc cref="DnsResolver.TryAddSearchDomain"/>
    public bool TryAddSearchDomain(ReadOnlySpan<byte> domain) => _resolver.TryAddSearchDomain(domain);

    /// <summary>
    /// Starts a query. If it is not pending afterwards it is done, and <see cref="IDnsEvents.OnCompleted"/> is not
    /// called.
    /// </summary>
    /// <param name="query">A query that is not pending.</param>
    /// <param name="name">The name as text. A dot at its end means that the search list does not count.</param>
    /// <param name="type">A or AAAA.</param>
    /// <param name="nowNs">The time.</param>
    public void Start(DnsQuery query, ReadOnlySpan<byte> name, DnsRecordType type, ulong nowNs) =>
        _resolver.Start(query, name, type, nowNs);

    /// <inheritdoc cref="DnsResolver.Cancel"/>
    public void Cancel(DnsQuery query) => _resolver.Cancel(query);

    /// <inheritdoc/>
    bool IDnsTransport.TryOpenPort(ushort port)
    {
        foreach (ref UdpSocket? place in _sockets.AsSpan())
        {
            UdpSocket socket = place ??= MakeSocket();
            if (socket.Local.Port == 0)
            {
                return _udp.Bind(socket, new IpEndpoint(default, port)) == NetError.None;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    void IDnsTransport.ClosePort(ushort port) => SocketOf(port)?.Close();

    /// <inheritdoc/>
    void IDnsTransport.SendDatagram(ushort port, IpEndpoint server, ReadOnlySpan<byte> message) =>
        _ = SocketOf(port)?.Send(message, server);

    /// <inheritdoc/>
    bool IDnsTransport.TryOpenStream(int stream, IpEndpoint server)
    {
        TcpConnection? connection = _tcp.Connect(default, server, out _);
        if (connection is null)
        {
            return false;
        }

        connection.Events = this;
        connection.Tag = stream;
        _streams[stream] = connection;
        return true;
    }

    /// <inheritdoc/>
    bool IDnsTransport.TrySendStream(int stream, ReadOnlySpan<byte> message) =>
        _streams[stream]?.Send(message) == message.Length;

    /// <inheritdoc/>
    void IDnsTransport.CloseStream(int stream) => Release(stream);

    /// <inheritdoc/>
    void IDnsTransport.OnCompleted(DnsQuery query) => Events?.OnCompleted(query);

    /// <inheritdoc/>
    void IUdpEvents.OnReadable(UdpSocket socket) => _hasDatagrams = true;

    /// <inheritdoc/>
    void ITcpEvents.OnConnected(TcpConnection connection) => _opened |= BitOf(connection);

    /// <inheritdoc/>
    void ITcpEvents.OnReadable(TcpConnection connection) => _readable |= BitOf(connection);

    /// <inheritdoc/>
    void ITcpEvents.OnWritable(TcpConnection connection)
    {
        // A question fits as a whole or not at all.
    }

    /// <inheritdoc/>
    void ITcpEvents.OnClosed(TcpConnection connection) => _closed |= BitOf(connection);

    /// <summary>Looks at what sockets have told, and does what is due.</summary>
    /// <param name="nowNs">The time.</param>
    /// <returns>When it has something to do next; <see cref="ulong.MaxValue"/> for never.</returns>
    internal ulong Poll(ulong nowNs)
    {
        if (_hasDatagrams)
        {
            _hasDatagrams = false;
            foreach (UdpSocket? socket in _sockets)
            {
                TakeDatagrams(socket, nowNs);
            }
        }

        for (int stream = 0; (_opened | _readable | _closed) != 0 && stream < _streams.Length; stream++)
        {
            PollStream(stream, nowNs);
        }

        return _resolver.Poll(nowNs);
    }

    private static uint BitOf(TcpConnection connection) => 1u << (int)connection.Tag;

    // Takes the bit of a stream out of a set.
    private static bool Take(ref uint set, int stream)
    {
        bool isThere = (set >> stream & 1) != 0;
        set &= ~(1u << stream);
        return isThere;
    }

    private UdpSocket MakeSocket()
    {
        UdpSocket socket = _udp.Open();
        socket.IsDualStack = true;
        socket.ReceiveBytesMax = QueueBytesMax;
        socket.Events = this;
        return socket;
    }

    private UdpSocket? SocketOf(ushort port)
    {
        foreach (UdpSocket? socket in _sockets)
        {
            if (socket?.Local.Port == port)
            {
                return socket;
            }
        }

        return null;
    }

    // The resolver closes the socket when it has got its answer; others may be opened meanwhile.
    private void TakeDatagrams(UdpSocket? socket, ulong nowNs)
    {
        while (socket is not null && socket.TryReceive(_datagram, isPeek: false, out UdpDatagram datagram))
        {
            // What was cut off is no answer to a question that named the size.
            if (datagram.LengthBytes <= _datagram.Length)
            {
                _resolver.HandleDatagram(
                    socket.Local.Port, datagram.Source, _datagram.AsSpan(0, datagram.LengthBytes), nowNs);
            }
        }
    }

    private void PollStream(int stream, ulong nowNs)
    {
        TcpConnection? connection = _streams[stream];
        bool isOpened = Take(ref _opened, stream);
        bool isReadable = Take(ref _readable, stream);
        bool isClosed = Take(ref _closed, stream);
        if (connection is null)
        {
            return;
        }

        if (isOpened)
        {
            _resolver.HandleStreamOpened(stream, nowNs);
        }

        Span<byte> piece = stackalloc byte[PieceBytes];
        int length;
        while (_streams[stream] == connection && (length = connection.Receive(piece)) > 0)
        {
            _resolver.HandleStreamData(stream, piece[..length], nowNs);
        }

        if ((isClosed || (isReadable && connection.IsReceiveEnded)) && _streams[stream] == connection)
        {
            Release(stream);
            _resolver.HandleStreamClosed(stream, nowNs);
        }
    }

    private void Release(int stream)
    {
        _streams[stream]?.Release();
        _streams[stream] = null;
        _ = Take(ref _opened, stream);
        _ = Take(ref _readable, stream);
        _ = Take(ref _closed, stream);
    }
}
