// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>Why an operation of the stack failed, or why a connection ended.</summary>
public enum NetError : byte
{
    /// <summary>Nothing went wrong.</summary>
    None,

    /// <summary>Nobody listens there: the peer answered with a reset, or a router or host said so.</summary>
    Refused,

    /// <summary>The peer reset the connection.</summary>
    Reset,

    /// <summary>The owner aborted the connection.</summary>
    Aborted,

    /// <summary>The peer did not answer in time.</summary>
    TimedOut,

    /// <summary>No way leads there, or the way broke.</summary>
    Unreachable,

    /// <summary>No memory, or a bound of the stack was reached.</summary>
    NoBuffers,

    /// <summary>The local endpoint, or the pair of endpoints, is in use.</summary>
    AddressInUse,

    /// <summary>The address is not one that can be used so: none of ours, a group, or another family.</summary>
    AddressInvalid,

    /// <summary>The operation needs a connection, and there is none.</summary>
    NotConnected,

    /// <summary>A datagram is larger than can be sent.</summary>
    TooLarge,
}
