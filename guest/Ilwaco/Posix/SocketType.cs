// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>Kinds of sockets, with the numbers of Linux.</summary>
public enum SocketType
{
    /// <summary>TCP (SOCK_STREAM).</summary>
    Stream = 1,

    /// <summary>UDP (SOCK_DGRAM).</summary>
    Datagram = 2,
}
