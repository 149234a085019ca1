// SPDX-License-Identifier: MIT
namespace Denali.Net;

/// <summary>What became of a packet for us.</summary>
internal enum IpDelivery
{
    /// <summary>Somebody took it, or it was dropped without a word.</summary>
    Done,

    /// <summary>Nobody has the port: the sender is told.</summary>
    NoPort,

    /// <summary>Nobody knows the protocol: the sender is told.</summary>
    NoProtocol,
}
