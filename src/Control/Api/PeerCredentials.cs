// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Net.Sockets;

namespace Denali.Control.Api;

/// <summary>Who is at the other end of a Unix socket, as Linux says and not as the peer does.</summary>
internal static class PeerCredentials
{
    // Of <asm-generic/socket.h>; the value is struct ucred: process, user, group, 32 bits each (unix(7)).
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int CredentialBytes = 12;
    private const int UserOffset = 4;

    /// <summary>
    /// Tells the user of the process at the other end; of a socket that listens, the user who listens.
    /// </summary>
    /// <param name="socket">The socket.</param>
    /// <returns>The user's id, or null if Linux does not tell.</returns>
    internal static uint? UserOf(Socket socket)
    {
        Span<byte> value = stackalloc byte[CredentialBytes];
        try
        {
            return socket.GetRawSocketOption(SolSocket, SoPeerCred, value) == CredentialBytes
                ? BinaryPrimitives.ReadUInt32LittleEndian(value[UserOffset..])
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
