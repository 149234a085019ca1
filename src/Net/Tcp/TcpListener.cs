// SPDX-License-Identifier: MIT
namespace Denali.Net.Tcp;

/// <summary>A port that is listened to, with its SYN queue and its accept queue.</summary>
public sealed class TcpListener
{
    private readonly TcpLayer _layer;
    private TcpConnection? _first;
    private TcpConnection? _last;

    internal TcpListener(TcpLayer layer, in IpEndpoint local, int backlog)
    {
        _layer = layer;
        Local = local;
        Backlog = backlog;
    }

    /// <summary>The endpoint. An unspecified address stands for all of its family, or of both if it is :: and not
    /// <see cref="IsIpv6Only"/>.</summary>
    public IpEndpoint Local { get; }

    /// <summary>Whether :: stands for the addresses of IPv6 only.</summary>
    public bool IsIpv6Only { get; internal set; }

    /// <summary>Most connections that wait to be accepted.</summary>
    public int Backlog { get; }

    /// <summary>Whom to tell what happens.</summary>
    public ITcpListenerEvents? Events { get; set; }

    /// <summary>Whatever the owner wants to find again in its events.</summary>
    public object? Owner { get; set; }

    /// <summary>
    /// Takes SYNs for any address and any port that no other listener takes: what a gateway needs that ends connections
    /// in the place of others. An accepted connection's <see cref="TcpConnection.Local"/> is what the client dialled.
    /// </summary>
    public bool AcceptsAnyAddress { get; internal set; }

    /// <summary>
    /// Ask <see cref="ITcpListenerEvents.OnSyn"/> before a SYN is answered. Then there are no SYN cookies, and who is
    /// asked bounds how many wait.
    /// </summary>
    public bool DecidesPerSyn { get; set; }

    /// <summary>It was closed.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Connections that wait to be accepted.</summary>
    public int PendingCount { get; private set; }

    /// <summary>Next listener of the layer.</summary>
    internal TcpListener? Next { get; set; }

    /// <summary>SYNs that wait for the last part of their handshake.</summary>
    internal int SynQueueCount { get; set; }

    /// <summary>When the SYN queue was full last; 0 if never. Only for a while after that are cookies
    /// believed.</summary>
    internal ulong OverflowNs { get; set; }

    /// <summary>Takes the connection that waits longest.</summary>
    /// <returns>A connection, which the caller owns, or null if none waits. It may be over already.</returns>
    public TcpConnection? Accept()
    {
        TcpConnection? connection = _first;
        if (connection is not null)
        {
            _first = connection.Next;
            connection.Next = null;
            connection.IsInAcceptQueue = false;
            connection.Listener = null;
            connection.TakeOwnership();
            PendingCount--;
        }

        return connection;
    }

    /// <summary>Stops listening. Connections that nobody has accepted are reset.</summary>
    public void Close()
    {
        if (IsClosed)
        {
            return;
        }

        IsClosed = true;
        Events = null;
        _layer.RemoveListener(this);
        while (Accept() is TcpConnection connection)
        {
            connection.Abort();
            connection.Release();
        }
    }

    /// <summary>Puts an established connection into the accept queue and takes it out of the SYN queue.</summary>
    /// <returns>False if the queue is full.</returns>
    internal bool TryEnqueue(TcpConnection connection)
    {
        if (PendingCount >= Backlog)
        {
            return false;
        }

        SynQueueCount--;
        if (_first is null)
        {
            _first = connection;
        }
        else
        {
            _last!.Next = connection;
        }

        _last = connection;
        connection.IsInAcceptQueue = true;
        PendingCount++;
        return true;
    }
}
