// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>The options that every socket has.</summary>
internal static class CommonOptions
{
    /// <summary>Sets an option of a socket.</summary>
    internal static int Set(Socket socket, SocketOption option, int value)
    {
        switch (option)
        {
            case SocketOption.NonBlocking:
                socket.IsNonBlocking = value != 0;
                return 0;

            case SocketOption.SendTimeout:
            case SocketOption.ReceiveTimeout:
                if (value < 0)
                {
                    return -(int)Errno.EINVAL;
                }

                ulong timeoutNs = (ulong)value * Clock.NsPerMs;
                socket.SendTimeoutNs = option == SocketOption.SendTimeout ? timeoutNs : socket.SendTimeoutNs;
                socket.ReceiveTimeoutNs = option == SocketOption.ReceiveTimeout ? timeoutNs : socket.ReceiveTimeoutNs;
                return 0;

            case SocketOption.Ipv6Only:
                if (socket.Family != AddressFamily.Ipv6)
                {
                    return -(int)Errno.ENOPROTOOPT;
                }

                bool before = socket.IsIpv6Only;
                socket.IsIpv6Only = value != 0;
                int result = socket.Option(option, isSet: true, ref value);
                socket.IsIpv6Only = result == 0 ? socket.IsIpv6Only : before;
                return result;

            default:
                return socket.Option(option, isSet: true, ref value);
        }
    }

    /// <summary>Reads an option of a socket.</summary>
    internal static int Get(Socket socket, SocketOption option, out int value)
    {
        value = 0;
        switch (option)
        {
            case SocketOption.NonBlocking:
                value = socket.IsNonBlocking ? 1 : 0;
                return 0;

            case SocketOption.SendTimeout:
                value = (int)(socket.SendTimeoutNs / Clock.NsPerMs);
                return 0;

            case SocketOption.ReceiveTimeout:
                value = (int)(socket.ReceiveTimeoutNs / Clock.NsPerMs);
                return 0;

            case SocketOption.Type:
                value = (int)socket.Type;
                return 0;

            case SocketOption.Ipv6Only:
                value = socket.IsIpv6Only ? 1 : 0;
                return socket.Family == AddressFamily.Ipv6 ? 0 : -(int)Errno.ENOPROTOOPT;

            default:
                return socket.Option(option, isSet: false, ref value);
        }
    }
}
