// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>Connections by their endpoints: chains behind an array that doubles. The hash is keyed, so nobody can make
/// chains long on purpose.</summary>
internal sealed class ConnectionTable(TcpSecrets secrets)
{
    private const int FirstBuckets = 16;

    private TcpConnection?[] _buckets = new TcpConnection?[FirstBuckets];

    /// <summary>Number of connections.</summary>
    public int Count { get; private set; }

    /// <summary>Finds a connection.</summary>
    public TcpConnection? Find(in IpEndpoint local, in IpEndpoint remote)
    {
        if (Count == 0)
        {
            return null;
        }

        uint hash = (uint)secrets.Bucket(local, remote);
        TcpConnection? at = _buckets[hash & (uint)(_buckets.Length - 1)];
        while (at is not null && !(at.Hash == hash && at.Remote == remote && at.Local == local))
        {
            at = at.HashNext;
        }

        return at;
    }

    /// <summary>Adds a connection that is not there.</summary>
    public void Add(TcpConnection connection)
    {
        if (Count >= _buckets.Length)
        {
            Double();
        }

        connection.Hash = (uint)secrets.Bucket(connection.Local, connection.Remote);
        Link(connection);
        Count++;
    }

    /// <summary>Removes a connection that is there.</summary>
    public void Remove(TcpConnection connection)
    {
        ref TcpConnection? link = ref _buckets[connection.Hash & (uint)(_buckets.Length - 1)];
        while (link != connection)
        {
            link = ref link!.HashNext;
        }

        link = connection.HashNext;
        connection.HashNext = null;
        Count--;
    }

    /// <summary>Looks at every connection.</summary>
    /// <param name="visit">May remove the connection that it is given, and no other.</param>
    public void ForEach(Action<TcpConnection> visit)
    {
        foreach (TcpConnection? first in _buckets)
        {
            TcpConnection? at = first;
            while (at is not null)
            {
                TcpConnection? next = at.HashNext;
                visit(at);
                at = next;
            }
        }
    }

    /// <summary>Some connection that waits in a listener's SYN queue.</summary>
    /// <remarks>Looks at every connection: for closing a listener only.</remarks>
    public TcpConnection? FindEmbryo(TcpListener listener)
    {
        foreach (TcpConnection? first in _buckets)
        {
            for (TcpConnection? at = first; at is not null; at = at.HashNext)
            {
                if (at.Listener == listener && at.State == TcpState.SynReceived)
                {
                    return at;
                }
            }
        }

        return null;
    }

    private void Double()
    {
        TcpConnection?[] old = _buckets;
        _buckets = new TcpConnection?[old.Length * 2];
        foreach (TcpConnection? first in old)
        {
            TcpConnection? at = first;
            while (at is not null)
            {
                TcpConnection? next = at.HashNext;
                Link(at);
                at = next;
            }
        }
    }

    private void Link(TcpConnection connection)
    {
        ref TcpConnection? bucket = ref _buckets[connection.Hash & (uint)(_buckets.Length - 1)];
        connection.HashNext = bucket;
        bucket = connection;
    }
}
