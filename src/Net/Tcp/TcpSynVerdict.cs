// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>What a listener's owner says to a SYN.</summary>
public enum TcpSynVerdict
{
    /// <summary>Answer it.</summary>
    Accept,

    /// <summary>Answer with a reset.</summary>
    Refuse,

    /// <summary>As if it had never come.</summary>
    Ignore,

    /// <summary>
    /// Say nothing until the owner calls <see cref="TcpConnection.Proceed"/> or <see cref="TcpConnection.Abort"/>. The
    /// owner may set events on the connection, which tell it if the peer gives up meanwhile.
    /// </summary>
    Hold,
}
