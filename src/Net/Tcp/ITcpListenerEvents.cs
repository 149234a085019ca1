// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>What happens to a listener, for its owner. The remarks of <see cref="ITcpEvents"/> hold here too.</summary>
public interface ITcpListenerEvents
{
    /// <summary>There is a connection to accept.</summary>
    /// <param name="listener">The listener.</param>
    void OnAcceptable(TcpListener listener);

    /// <summary>
    /// A SYN came. Only asked if <see cref="TcpListener.DecidesPerSyn"/>; the connection's endpoints are known.
    /// </summary>
    /// <param name="listener">The listener.</param>
    /// <param name="connection">The connection that would be.</param>
    /// <returns>What is to be done.</returns>
    TcpSynVerdict OnSyn(TcpListener listener, TcpConnection connection) => TcpSynVerdict.Accept;
}
