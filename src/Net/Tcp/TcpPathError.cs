// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>What an ICMP error says about a segment of ours.</summary>
public enum TcpPathError
{
    /// <summary>
    /// Network or host unreachable, time exceeded: it may pass. Remembered, and told if the connection then times out
    /// (RFC 5461).
    /// </summary>
    Soft,

    /// <summary>
    /// Protocol or port unreachable, administratively prohibited. Ends a connection that is being opened; else as
    /// <see cref="Soft"/> (RFC 5927 section 5.2).
    /// </summary>
    Hard,

    /// <summary>Too large: the path's MTU that <see cref="IIpOutput.PathMtuOf"/> gives is lower now.</summary>
    TooLarge,
}
