// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net.Tcp;

/// <summary>
/// The deadlines of all connections: a binary heap that connections know their place in. A deadline that moves later is
/// left where it is; when it comes, the connection says that it is not due, and is put in again. So moving a timeout on
/// every acknowledgment costs nothing.
/// </summary>
internal sealed class TimerHeap
{
    private const int FirstCapacity = 16;

    private TcpConnection[] _heap = new TcpConnection[FirstCapacity];

    /// <summary>Number of connections in the heap.</summary>
    public int Count { get; private set; }

    /// <summary>The earliest deadline that is known; ulong.MaxValue if none.</summary>
    public ulong NextNs => Count == 0 ? ulong.MaxValue : _heap[0].TimerNs;

    /// <summary>The connection with the earliest deadline. Only if there is one.</summary>
    public TcpConnection First => _heap[0];

    /// <summary>Makes sure that a connection is looked at by a time.</summary>
    public void Schedule(TcpConnection connection, ulong deadlineNs)
    {
        if (connection.TimerIndex >= 0)
        {
            if (deadlineNs < connection.TimerNs)
            {
                connection.TimerNs = deadlineNs;
                Up(connection.TimerIndex);
            }

            return;
        }

        if (Count == _heap.Length)
        {
            TcpConnection[] larger = new TcpConnection[_heap.Length * 2];
            _heap.AsSpan().CopyTo(larger);
            _heap = larger;
        }

        connection.TimerNs = deadlineNs;
        connection.TimerIndex = Count;
        _heap[Count++] = connection;
        Up(connection.TimerIndex);
    }

    /// <summary>Takes a connection out, if it is in.</summary>
    public void Remove(TcpConnection connection)
    {
        int index = connection.TimerIndex;
        if (index < 0)
        {
            return;
        }

        connection.TimerIndex = -1;
        Count--;
        TcpConnection last = _heap[Count];
        _heap[Count] = null!;
        if (index != Count)
        {
            Put(last, index);
            Up(index);
            Down(last.TimerIndex);
        }
    }

    private void Put(TcpConnection connection, int index)
    {
        _heap[index] = connection;
        connection.TimerIndex = index;
    }

    private void Up(int index)
    {
        TcpConnection moving = _heap[index];
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (_heap[parent].TimerNs <= moving.TimerNs)
            {
                break;
            }

            Put(_heap[parent], index);
            index = parent;
        }

        Put(moving, index);
    }

    private void Down(int index)
    {
        TcpConnection moving = _heap[index];
        while (true)
        {
            int child = (index * 2) + 1;
            if (child >= Count)
            {
                break;
            }

            if (child + 1 < Count && _heap[child + 1].TimerNs < _heap[child].TimerNs)
            {
                child++;
            }

            if (_heap[child].TimerNs >= moving.TimerNs)
            {
                break;
            }

            Put(_heap[child], index);
            index = child;
        }

        Put(moving, index);
    }
}
