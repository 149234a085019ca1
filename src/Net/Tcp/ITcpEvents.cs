// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>
/// What happens to a connection, for its owner. Every call is an edge: it comes when something changes, not as long as
/// it is so.
/// </summary>
/// <remarks>
/// Called from inside <see cref="TcpLayer.Receive"/> and <see cref="TcpLayer.Poll"/>, after the segment or timer was
/// dealt with. An implementation may call any member of connections and listeners, and Connect and Listen; it must not
/// call Receive, ReceiveError or Poll of the layer.
/// </remarks>
public interface ITcpEvents
{
    /// <summary>A connection of <see cref="TcpLayer.Connect"/> is established.</summary>
    /// <param name="connection">The connection.</param>
    void OnConnected(TcpConnection connection);

    /// <summary>There is more to read, or the peer has ended its direction.</summary>
    /// <param name="connection">The connection.</param>
    void OnReadable(TcpConnection connection);

    /// <summary>There is room to send again, after a <see cref="TcpConnection.Send"/> that took less than
    /// all.</summary>
    /// <param name="connection">The connection.</param>
    void OnWritable(TcpConnection connection);

    /// <summary>
    /// The connection is over; <see cref="TcpConnection.Error"/> says why. What was received can still be read. Nothing
    /// follows.
    /// </summary>
    /// <param name="connection">The connection.</param>
    void OnClosed(TcpConnection connection);
}
