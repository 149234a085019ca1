// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tcp;

namespace Ilwaco;

/// <summary>
/// Options of a TCP socket. They are kept apart from its connection, because they may be set before there is one, and
/// what a listener accepts has its options.
/// </summary>
internal sealed class StreamOptions
{
    private const int Unset = -1;
    private const int BufferDefault = 4 * 1024 * 1024;

    private bool _isAddressReused;
    private int _sendBuffer = Unset;
    private int _receiveBuffer = Unset;
    private bool _isKeptAlive;
    private int _keepAliveIdleMs = 7_200_000;
    private int _keepAliveIntervalMs = 75_000;
    private int _keepAliveCount = 9;
    private int _lingerMs = Unset;
    private bool _isNoDelay;
    private bool _isCorked;
    private int _userTimeoutMs;
    private int _trafficClass;

    /// <summary>Sets or reads an option.</summary>
    internal int Option(SocketOption option, bool isSet, ref int value)
    {
        switch (option)
        {
            case SocketOption.ReuseAddress:
                return Switch(ref _isAddressReused, isSet, ref value);
            case SocketOption.KeepAlive:
                return Switch(ref _isKeptAlive, isSet, ref value);
            case SocketOption.NoDelay:
                return Switch(ref _isNoDelay, isSet, ref value);
            case SocketOption.Cork:
                return Switch(ref _isCorked, isSet, ref value);
            case SocketOption.SendBuffer:
                return Number(ref _sendBuffer, isSet, ref value, 1, BufferDefault);
            case SocketOption.ReceiveBuffer:
                return Number(ref _receiveBuffer, isSet, ref value, 1, BufferDefault);
            case SocketOption.KeepAliveIdle:
                return Number(ref _keepAliveIdleMs, isSet, ref value, 1);
            case SocketOption.KeepAliveInterval:
                return Number(ref _keepAliveIntervalMs, isSet, ref value, 1);
            case SocketOption.KeepAliveCount:
                return Number(ref _keepAliveCount, isSet, ref value, 1);
            case SocketOption.Linger:
                return Number(ref _lingerMs, isSet, ref value, Unset);
            case SocketOption.UserTimeout:
                return Number(ref _userTimeoutMs, isSet, ref value, 0);
            case SocketOption.TrafficClass:
                return Number(ref _trafficClass, isSet, ref value, 0);
            default:
                return -(int)Errno.ENOPROTOOPT;
        }
    }

    /// <summary>Gives a connection these options.</summary>
    internal void ApplyTo(TcpConnection connection)
    {
        connection.NoDelay = _isNoDelay;
        connection.Cork = _isCorked;
        connection.KeepAliveIdleNs = (ulong)_keepAliveIdleMs * Clock.NsPerMs;
        connection.KeepAliveIntervalNs = (ulong)_keepAliveIntervalMs * Clock.NsPerMs;
        connection.KeepAliveCount = (byte)Math.Min(_keepAliveCount, byte.MaxValue);
        connection.KeepAlive = _isKeptAlive;
        connection.UserTimeoutNs = (ulong)_userTimeoutMs * Clock.NsPerMs;
        connection.LingerNs = _lingerMs == Unset ? ulong.MaxValue : (ulong)_lingerMs * Clock.NsPerMs;
        connection.TrafficClass = (byte)_trafficClass;
        if (_sendBuffer != Unset)
        {
            connection.SendBufferBytes = _sendBuffer;
        }

        if (_receiveBuffer != Unset)
        {
            connection.ReceiveBufferBytes = _receiveBuffer;
        }
    }

    private static int Switch(ref bool option, bool isSet, ref int value)
    {
        if (isSet)
        {
            option = value != 0;
        }

        value = option ? 1 : 0;
        return 0;
    }

    private static int Number(ref int option, bool isSet, ref int value, int least, int unsetValue = Unset)
    {
        if (isSet)
        {
            if (value < least)
            {
                return -(int)Errno.EINVAL;
            }

            option = value;
        }

        value = option == Unset ? unsetValue : option;
        return 0;
    }
}
