// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Who is told what happens to a UDP socket. Called from inside the stack: must not call into it.</summary>
public interface IUdpEvents
{
    /// <summary>The queue was empty and holds a datagram, or an error waits.</summary>
    /// <param name="socket">The socket.</param>
    void OnReadable(UdpSocket socket);
}
