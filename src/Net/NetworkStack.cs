// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net.Tcp;

namespace Denali.Net;

/// <summary>
/// A host's network stack, without threads, clocks or input and output of its own: frames in, frames out, time as an
/// argument. It runs inside every guest and inside the kernel process.
/// </summary>
/// <remarks>
/// <para>Its owner gives it frames with <see cref="Receive"/>, then calls <see cref="Poll"/>, which sends what there is
/// to send, and again at the latest at the time that it returned. What sockets are asked to send goes out at the next
/// poll at the latest.</para>
/// <para>One thread at a time. Callbacks come from inside of <see cref="Receive"/> and <see cref="Poll"/> and must not
/// call into the stack.</para>
/// <para>Nothing is allocated per frame. Memory for data comes from the <see cref="BufferAllocator"/> and goes back
/// when the data is gone.</para>
/// </remarks>
public sealed class NetworkStack : IIpInput
{
    // TCP and what it sends to itself may keep each other busy; the rest waits for the next poll.
    private const int RoundsMax = 64;

    private readonly IpLayer _ip;
    private readonly BufferAllocator _buffers;
    private readonly RandomSource _random;
    private DnsService? _dns;

    /// <summary>Makes a stack.</summary>
    /// <param name="configuration">Its interface; may be changed later.</param>
    /// <param name="link">The link below.</param>
    /// <param name="buffers">Where memory comes from.</param>
    /// <param name="random">For secrets and unpredictable numbers.</param>
    /// <param name="tcpSettings">TCP's settings, or null for the defaults.</param>
    public NetworkStack(
        IpInterface configuration,
        IFrameSink link,
        BufferAllocator buffers,
        RandomSource random,
        TcpSettings? tcpSettings = null)
    {
        _buffers = buffers;
        _random = random;
        _ip = new IpLayer(configuration, link, buffers, random);
        Icmp = new IcmpLayer(_ip, this, buffers, random);
        Udp = new UdpLayer(_ip, buffers, random);
        Tcp = new TcpLayer(_ip, buffers, random, tcpSettings ?? new TcpSettings());
        _ip.Attach(Icmp, this);
    }

    /// <summary>The interface.</summary>
    public IpInterface Interface => _ip.Interface;

    /// <summary>What IP counted.</summary>
    public IpCounters Counters => _ip.Counters;

    /// <summary>ICMP, with echo sockets.</summary>
    public IcmpLayer Icmp { get; }

    /// <summary>UDP.</summary>
    public UdpLayer Udp { get; }

    /// <summary>TCP.</summary>
    public TcpLayer Tcp { get; }

    /// <summary>
    /// Names. It knows no servers until somebody sets them. Made when it is first asked for: most stacks never do.
    /// </summary>
    public DnsService Dns => _dns ??= new DnsService(Udp, Tcp, _random, _buffers);

    /// <summary>Who gets the interface its IPv4 address; null if it is configured.</summary>
    public DhcpService? Dhcp { get; private set; }

    /// <summary>
    /// Lets a DHCP server on the link give the interface its IPv4 address, instead of the one that it has. Its hardware
    /// address and MTU must be set. A service that runs already gives its address back.
    /// </summary>
    /// <param name="hostName">The name that servers are told; may be empty.</param>
    /// <param name="nowNs">Monotonic nanoseconds.</param>
    public void StartDhcp(ReadOnlySpan<byte> hostName, ulong nowNs)
    {
        SetTime(nowNs);
        Dhcp?.Stop();
        Dhcp = new DhcpService(_ip, Udp, _random, hostName, nowNs);
    }

    /// <summary>Gives back the address that a server gave, and asks for none any more.</summary>
    /// <param name="nowNs">Monotonic nanoseconds.</param>
    public void StopDhcp(ulong nowNs)
    {
        SetTime(nowNs);
        Dhcp?.Stop();
        Dhcp = null;
    }

    /// <summary>Tells the time, before sockets are used outside of <see cref="Receive"/> and
    /// <see cref="Poll"/>.</summary>
    /// <param name="nowNs">Monotonic nanoseconds.</param>
    public void SetTime(ulong nowNs)
    {
        _ip.NowNs = nowNs;
        Tcp.SetTime(nowNs);
    }

    /// <summary>
    /// Tells that the memory which this stack lives in was copied, and that this is the copy: it is a host of its own
    /// with the addresses that its interface has now. Connections end as if each had been reset, without a word to the
    /// peer, whose connection is with the original; listeners and bound sockets stay; all secrets are new.
    /// </summary>
    public void Renew()
    {
        _ip.Renew(_random);
        Tcp.Renew();
    }

    /// <summary>The address that packets to a destination come from.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="source">Our address.</param>
    /// <returns>False if there is no way there.</returns>
    public bool TryGetSource(IpAddress destination, out IpAddress source) =>
        _ip.TryGetSource(destination, out source);

    /// <summary>Takes a frame from the link.</summary>
    /// <param name="frame">The frame; valid during the call.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <param name="nowNs">Monotonic nanoseconds.</param>
    public void Receive(ReadOnlySpan<byte> frame, in FrameOffload offload, ulong nowNs) =>
        _ip.Receive(frame, offload, nowNs);

    /// <summary>Sends what there is to send and does what is due.</summary>
    /// <param name="nowNs">Monotonic nanoseconds.</param>
    /// <returns>When to call again at the latest; <see cref="ulong.MaxValue"/> for never.</returns>
    public ulong Poll(ulong nowNs)
    {
        ulong next = nowNs;
        for (int round = 0; round < RoundsMax && next <= nowNs; round++)
        {
            // An address and names come first, because what they give to the others has to be sent; what the others
            // tell them is for the next round.
            ulong dhcp = Dhcp is null ? ulong.MaxValue : Dhcp.Poll(nowNs);
            ulong dns = _dns is null ? ulong.MaxValue : _dns.Poll(nowNs);
            ulong tcp = Tcp.Poll(nowNs);
            next = Math.Min(Math.Min(_ip.Poll(nowNs), dhcp), Math.Min(tcp, dns));
            if ((_dns is not null && _dns.HasNews) || (Dhcp is not null && Dhcp.HasNews))
            {
                next = nowNs;
            }
        }

        return next;
    }

    /// <inheritdoc/>
    IpDelivery IIpInput.Deliver(IpProtocol protocol, in IpPacket packet, ReadOnlySpan<byte> payload, ulong nowNs)
    {
        switch (protocol)
        {
            case IpProtocol.Tcp:
                Tcp.Receive(packet, payload, nowNs);
                return IpDelivery.Done;

            case IpProtocol.Udp:
                return Udp.Receive(packet, payload) ? IpDelivery.Done : IpDelivery.NoPort;

            default:
                return IpDelivery.NoProtocol;
        }
    }

    /// <inheritdoc/>
    bool IIpInput.DeliverError(IpProtocol protocol, in IcmpError error, ReadOnlySpan<byte> quote, ulong nowNs)
    {
        switch (protocol)
        {
            case IpProtocol.Tcp:
                if (!Tcp.IsInFlight(error.Source, error.Destination, quote))
                {
                    return false;
                }

                // TCP asks for the new path MTU when it hears of it.
                _ip.NotePathMtu(error, nowNs);
                TcpPathError kind = error.Error == NetError.TooLarge ? TcpPathError.TooLarge
                    : error.IsHard ? TcpPathError.Hard
                    : TcpPathError.Soft;
                Tcp.ReceiveError(kind, error.Source, error.Destination, quote, nowNs);
                return true;

            case IpProtocol.Udp:
                var local = new IpEndpoint(error.Source, BinaryPrimitives.ReadUInt16BigEndian(quote));
                var remote = new IpEndpoint(error.Destination, BinaryPrimitives.ReadUInt16BigEndian(quote[2..]));
                if (!Udp.ReceiveError(local, remote, error.Error))
                {
                    return false;
                }

                _ip.NotePathMtu(error, nowNs);
                return true;

            default:
                return false;
        }
    }
}
