// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>Gives a stack the IPv4 address that a server on its link leases it, and takes it away in time.</summary>
/// <remarks>
/// <para>What the socket tells is only noted, and looked at by <see cref="Poll"/>: so the client never runs inside of
/// UDP.</para>
/// <para>Connections keep the address that they were made with. When it is lost they fail, as over a broken
/// link.</para>
/// </remarks>
public sealed class DhcpService : IDhcpOwner, IUdpEvents
{
    /// <summary>How often somebody else is asked for an address before it is taken (RFC 5227 section 2.1.1).</summary>
    public const int ProbeCount = 3;

    /// <summary>
    /// Time between these. RFC 5227 section 1.1 has a second and more, for old and slow links, where every start would
    /// take that long.
    /// </summary>
    public const ulong ProbeIntervalNs = 200_000_000;

    // The client says that it takes 1500 bytes (RFC 2132 section 9.10). A few datagrams wait, the rest is noise.
    private const int DatagramBytesMax = 1500;
    private const int QueueBytesMax = 8 * DatagramBytesMax;

    private readonly IpLayer _ip;
    private readonly UdpLayer _udp;
    private readonly DhcpClient _client;
    private readonly UdpSocket _socket;
    private readonly byte[] _datagram = new byte[DatagramBytesMax];
    private readonly byte[] _domain = new byte[byte.MaxValue];
    private readonly int _linkMtuBytes;
    private int _domainBytes;
    private int _probesLeft;
    private ulong _probeNs = ulong.MaxValue;
    private bool _hasDatagrams;

    /// <summary>Makes the service and begins to look for a server.</summary>
    /// <param name="ip">The interface's layer; the interface loses its IPv4 address.</param>
    /// <param name="udp">Asks by it.</param>
    /// <param name="random">For numbers that nobody can guess.</param>
    /// <param name="hostName">The name that servers are told; may be empty.</param>
    /// <param name="nowNs">The time.</param>
    internal DhcpService(
        IpLayer ip, UdpLayer udp, RandomSource random, ReadOnlySpan<byte> hostName, ulong nowNs)
    {
        _ip = ip;
        _udp = udp;
        _linkMtuBytes = ip.Interface.MtuBytes;
        _client = new DhcpClient(this, random, ip.Interface.Mac);
        _client.SetHostName(hostName);
        _socket = udp.Open();
        _socket.Events = this;
        _socket.ReceiveBytesMax = QueueBytesMax;
        IsListening =
            udp.Bind(_socket, new IpEndpoint(IpAddress.Ipv4Any, DhcpClient.ClientPort)) == NetError.None;
        Clear();
        _client.Start(nowNs);
    }

    /// <summary>Whether the client's port was free. Without it nothing comes of the service.</summary>
    public bool IsListening { get; }

    /// <summary>Whether the interface has an address by a lease.</summary>
    public bool HasLease => _client.HasLease;

    /// <summary>The lease, if <see cref="HasLease"/>.</summary>
    public DhcpLease Lease => _client.Lease;

    /// <summary>The domain of the lease, to look for names in; may be empty.</summary>
    public ReadOnlySpan<byte> Domain => _domain.AsSpan(0, _domainBytes);

    /// <summary>Grows with every lease, renewal and loss: whoever keeps something of a lease looks at it.</summary>
    public uint Version { get; private set; }

    /// <summary>Whether the socket has told something that <see cref="Poll"/> has not looked at yet.</summary>
    internal bool HasNews => _hasDatagrams;

    /// <inheritdoc/>
    void IDhcpOwner.SendDhcp(IpAddress source, IpAddress destination, ReadOnlySpan<byte> message) =>
        _ = _udp.SendFrom(
            new IpEndpoint(source, DhcpClient.ClientPort),
            new IpEndpoint(destination, DhcpClient.ServerPort),
            message);

    /// <inheritdoc/>
    void IDhcpOwner.ProbeAddress(IpAddress address)
    {
        _ip.WatchAddress(address);
        _probesLeft = ProbeCount;
        _probeNs = 0;
    }

    /// <inheritdoc/>
    void IDhcpOwner.OnBound(in DhcpLease lease, ReadOnlySpan<byte> domain)
    {
        IpInterface link = _ip.Interface;
        bool isNew = link.Ipv4Address != lease.Address;
        link.Ipv4Address = lease.Address;
        link.Ipv4PrefixLength = lease.PrefixLength;
        link.Ipv4Gateway = lease.Router;
        link.MtuBytes = MtuOf(lease);
        _domainBytes = domain.Length;
        domain.CopyTo(_domain);
        Version++;
        if (isNew)
        {
            // Who knew another machine at this address learns of the new one (RFC 5227 section 2.3).
            _ip.SendArpRequest(lease.Address);
        }
    }

    /// <inheritdoc/>
    void IDhcpOwner.OnLost() => Clear();

    /// <inheritdoc/>
    void IUdpEvents.OnReadable(UdpSocket socket) => _hasDatagrams = true;

    /// <summary>Gives the address back and ends the service.</summary>
    internal void Stop()
    {
        _client.Stop();
        _socket.Close();
        Clear();
    }

    /// <summary>Looks at what came, and does what is due.</summary>
    /// <param name="nowNs">The time.</param>
    /// <returns>When it has something to do next; <see cref="ulong.MaxValue"/> for never.</returns>
    internal ulong Poll(ulong nowNs)
    {
        if (_hasDatagrams)
        {
            _hasDatagrams = false;
            while (_socket.TryReceive(_datagram, isPeek: false, out UdpDatagram datagram))
            {
                if (datagram.LengthBytes <= DatagramBytesMax && datagram.Source.Port == DhcpClient.ServerPort)
                {
                    _client.HandleDatagram(_datagram.AsSpan(0, datagram.LengthBytes), nowNs);
                }
            }
        }

        PollProbe(nowNs);
        return Math.Min(_client.Poll(nowNs), _probeNs);
    }

    private void PollProbe(ulong nowNs)
    {
        if (_probesLeft != 0 && _ip.IsWatchedAddressTaken)
        {
            EndProbe(isFree: false, nowNs);
            return;
        }

        if (nowNs < _probeNs)
        {
            return;
        }

        if (_probesLeft == 0)
        {
            EndProbe(isFree: true, nowNs);
            return;
        }

        // The interface has no address yet, which makes the request a probe (RFC 5227 section 1.1).
        _probesLeft--;
        _ip.SendArpRequest(_client.Lease.Address);
        _probeNs = nowNs + ProbeIntervalNs;
    }

    private void EndProbe(bool isFree, ulong nowNs)
    {
        _ip.WatchAddress(default);
        _probesLeft = 0;
        _probeNs = ulong.MaxValue;
        _client.HandleProbe(isFree, nowNs);
    }

    private void Clear()
    {
        IpInterface link = _ip.Interface;
        link.Ipv4Address = IpAddress.Ipv4Any;
        link.Ipv4PrefixLength = 0;
        link.Ipv4Gateway = IpAddress.Ipv4Any;
        link.MtuBytes = _linkMtuBytes;
        _domainBytes = 0;
        Version++;
    }

    /// <summary>A server may make packets shorter, but not below what IPv6 needs, and not longer than the
    /// link's.</summary>
    private int MtuOf(in DhcpLease lease) => lease.Mtu == 0
        ? _linkMtuBytes
        : Math.Clamp(lease.Mtu, IpInterface.SmallestMtuBytes, _linkMtuBytes);
}
