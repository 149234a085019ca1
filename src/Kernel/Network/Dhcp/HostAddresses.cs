// SPDX-License-Identifier: MIT
using System;
using System.Net;
using System.Net.Sockets;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>What addresses this machine has itself.</summary>
internal static class HostAddresses
{
    private const int DiscardPort = 9;

    /// <summary>
    /// Asks Linux whether an IPv4 address is this machine's: then it is also the one that packets to it come from.
    /// Nothing is sent. Takes some microseconds; any thread.
    /// </summary>
    internal static bool Has(IpAddress address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        address.Write(bytes);
        var asked = new IPAddress(bytes);
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(asked, DiscardPort);
            return asked.Equals(((IPEndPoint)socket.LocalEndPoint!).Address);
        }
        catch (SocketException)
        {
            // There is no way there.
            return false;
        }
    }
}
