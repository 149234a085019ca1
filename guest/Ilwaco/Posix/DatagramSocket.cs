// SPDX-License-Identifier: MIT
using System;
using Denali.Net;

namespace Ilwaco;

/// <summary>A UDP socket behind a descriptor.</summary>
internal sealed class DatagramSocket : Socket, IUdpEvents
{
    private readonly UdpSocket _udp;

    internal DatagramSocket(AddressFamily family)
        : base(family)
    {
        _udp = Network.Stack.Udp.Open();
        _udp.Events = this;
        _udp.IsDualStack = family == AddressFamily.Ipv6;
    }

    /// <inheritdoc/>
    internal override SocketType Type => SocketType.Datagram;

    /// <inheritdoc/>
    internal override PollEvents ReadyEvents =>
        PollEvents.Writable
        | (_udp.IsReadable ? PollEvents.Readable : PollEvents.None)
        | (_udp.Error != NetError.None ? PollEvents.Error : PollEvents.None);

    /// <inheritdoc/>
    public void OnReadable(UdpSocket socket) => Wake();

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

        return _udp.Local.Port != 0
            ? -(int)Errno.EINVAL
            : Fail(Network.Stack.Udp.Bind(_udp, address.Endpoint));
    }

    /// <inheritdoc/>
    internal override int Connect(in SocketAddress address)
    {
        if (address.Port == 0 && address.Address.IsAny)
        {
            _udp.Disconnect();
            return 0;
        }

        return Takes(address) ? Fail(_udp.Connect(address.Endpoint)) : -(int)Errno.EAFNOSUPPORT;
    }

    /// <inheritdoc/>
    internal override int Listen(int backlog) => -(int)Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    internal override int Accept(out Socket? socket, out SocketAddress remote, bool isNonBlocking)
    {
        socket = null;
        remote = default;
        return -(int)Errno.EOPNOTSUPP;
    }

    /// <inheritdoc/>
    internal override int Send(ReadOnlySpan<byte> data, MessageFlags flags, in SocketAddress? remote)
    {
        if (remote is null && !_udp.IsConnected)
        {
            return -(int)Errno.EDESTADDRREQ;
        }

        NetError pending = _udp.TakeError();
        if (pending != NetError.None)
        {
            return Fail(pending);
        }

        IpEndpoint to = remote is null ? _udp.Remote : remote.GetValueOrDefault().Endpoint;
        NetError error = _udp.Send(data, to);
        if (error == NetError.NoBuffers)
        {
            // The link is full: what is in it goes out when the kernel looks, so once more.
            Network.Poll();
            error = _udp.Send(data, to);
        }

        return error == NetError.None ? data.Length : Fail(error);
    }

    /// <inheritdoc/>
    internal override int Receive(Span<byte> data, MessageFlags flags, out SocketAddress remote)
    {
        remote = default;
        bool mayWait = !IsNonBlocking && (flags & MessageFlags.DontWait) == 0;
        ulong deadlineNs = DeadlineOf(ReceiveTimeoutNs);
        while (true)
        {
            NetError error = _udp.TakeError();
            if (error != NetError.None)
            {
                return Fail(error);
            }

            if (_udp.TryReceive(data, (flags & MessageFlags.Peek) != 0, out UdpDatagram datagram))
            {
                remote = SocketAddress.Of(datagram.Source);
                bool tellsAll = (flags & MessageFlags.Truncate) != 0;
                return tellsAll ? datagram.LengthBytes : Math.Min(datagram.LengthBytes, data.Length);
            }

            int stop = mayWait ? Wait(deadlineNs) : -(int)Errno.EAGAIN;
            if (stop != 0)
            {
                return stop;
            }
        }
    }

    /// <inheritdoc/>
    internal override int Shutdown(ShutdownHow how) =>
        _udp.IsConnected ? 0 : -(int)Errno.ENOTCONN;

    /// <inheritdoc/>
    internal override int GetName(bool isPeer, out SocketAddress address)
    {
        address = SocketAddress.Of(isPeer ? _udp.Remote : _udp.Local);
        return isPeer && !_udp.IsConnected ? -(int)Errno.ENOTCONN : 0;
    }

    /// <inheritdoc/>
    internal override int Option(SocketOption option, bool isSet, ref int value)
    {
        switch (option)
        {
            case SocketOption.Error when !isSet:
                value = -Fail(_udp.TakeError());
                return 0;

            case SocketOption.ReuseAddress:
                if (isSet)
                {
                    _udp.IsAddressShared = value != 0;
                }

                value = _udp.IsAddressShared ? 1 : 0;
                return 0;

            case SocketOption.ReceiveBuffer:
                if (isSet)
                {
                    _udp.ReceiveBytesMax = Math.Clamp(value, 2048, BufferAllocator.LargestBytes);
                }

                value = _udp.ReceiveBytesMax;
                return 0;

            case SocketOption.SendBuffer when !isSet:
                value = 65536;
                return 0;

            case SocketOption.HopLimit:
                if (isSet)
                {
                    _udp.HopLimit = (byte)value;
                }

                value = _udp.HopLimit == 0 ? 64 : _udp.HopLimit;
                return 0;

            case SocketOption.TrafficClass:
                if (isSet)
                {
                    _udp.TrafficClass = (byte)value;
                }

                value = _udp.TrafficClass;
                return 0;

            case SocketOption.Ipv6Only:
                _udp.IsDualStack = Family == AddressFamily.Ipv6 && !IsIpv6Only;
                return 0;

            default:
                return -(int)Errno.ENOPROTOOPT;
        }
    }

    /// <inheritdoc/>
    protected override void OnClose() => _udp.Close();

    /// <inheritdoc/>
    protected override void FreeParts() => Heap.Free(_udp);
}
