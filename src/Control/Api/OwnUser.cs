// SPDX-License-Identifier: MIT
using System.IO;
using System.Net.Sockets;

namespace Denali.Control.Api;

/// <summary>The user of this process.</summary>
internal static class OwnUser
{
    /// <summary>The user's id, or null if Linux does not tell.</summary>
    internal static uint? Id { get; } = Find();

    // A socket that listens tells who does. An abstract name of the kernel's choice is nobody's file.
    private static uint? Find()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint("\0denali-" + Path.GetRandomFileName()));
        socket.Listen(1);
        return PeerCredentials.UserOf(socket);
    }
}
