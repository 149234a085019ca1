// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>What <see cref="EventPoll"/> tells of a socket.</summary>
public struct SocketNews
{
    /// <summary>What was given when the socket was added.</summary>
    public nint Data;

    /// <summary>What the socket is ready for now.</summary>
    public PollEvents Events;
}
