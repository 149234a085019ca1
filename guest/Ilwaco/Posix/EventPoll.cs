// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>Waits for news of many sockets, at a cost that depends only on how many have some, as epoll does.</summary>
/// <remarks>
/// <para>It tells of changes: a socket is told of once after something came, there is room again, or it ended. Whoever
/// is told goes on until a call would wait; only then there is news again. A socket that is added has news.</para>
/// <para>A socket belongs to one of these at most, until it is removed or its descriptor is closed. Any thread.</para>
/// </remarks>
public sealed class EventPoll
{
    private Socket? _first;
    private Socket? _last;
    private WaitQueue _waiters;
    private bool _isInterrupted;

    /// <summary>Watches a socket.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="data">What to tell with its news.</param>
    /// <returns>0; or EBADF, EEXIST if it is watched already.</returns>
    public int Add(int descriptor, nint data)
    {
        if (!Network.IsPresent)
        {
            return -(int)Errno.EBADF;
        }

        Network.Enter();
        Socket? socket = Descriptors.Find(descriptor) as Socket;
        int result = socket is null ? -(int)Errno.EBADF : socket.Poll is not null ? -(int)Errno.EEXIST : 0;
        if (result == 0)
        {
            socket!.Poll = this;
            socket.PollData = data;
            OnNews(socket);
        }

        Network.LeaveQuietly();
        return result;
    }

    /// <summary>Watches a socket no longer.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <returns>0; or EBADF, ENOENT if it is not watched here.</returns>
    public int Remove(int descriptor)
    {
        if (!Network.IsPresent)
        {
            return -(int)Errno.EBADF;
        }

        Network.Enter();
        Socket? socket = Descriptors.Find(descriptor) as Socket;
        int result = socket is null ? -(int)Errno.EBADF : socket.Poll != this ? -(int)Errno.ENOENT : 0;
        if (result == 0)
        {
            Forget(socket!);
        }

        Network.LeaveQuietly();
        return result;
    }

    /// <summary>Waits for news.</summary>
    /// <param name="news">Where it goes; what finds no room is told next time.</param>
    /// <param name="deadlineNs">Until when at the longest, by <see cref="Clock.MonotonicNs"/>.</param>
    /// <returns>How many sockets have some; 0 after the deadline, and after <see cref="Interrupt"/>.</returns>
    public int Wait(Span<SocketNews> news, ulong deadlineNs)
    {
        if (!Network.IsPresent)
        {
            return -(int)Errno.ENETDOWN;
        }

        Network.Enter();
        while (_first is null && !_isInterrupted && WaitForNews(deadlineNs))
        {
        }

        _isInterrupted = false;
        int count = 0;
        while (_first is not null && count < news.Length)
        {
            Socket socket = _first;
            Unlink(socket);
            news[count++] = new SocketNews { Data = socket.PollData, Events = socket.ReadyEvents };
        }

        Network.Leave();
        return count;
    }

    /// <summary>Ends a wait that is going on, or else the next one. May be called inside a critical section.</summary>
    public void Interrupt()
    {
        CriticalSection.Enter();
        _isInterrupted = true;
        _waiters.WakeAll();
        CriticalSection.Leave();
    }

    /// <summary>Notes that something happened to a socket that is watched.</summary>
    internal void OnNews(Socket socket)
    {
        if (socket.HasNews)
        {
            return;
        }

        socket.HasNews = true;
        socket.PreviousWithNews = _last;
        if (_last is null)
        {
            _first = socket;
        }
        else
        {
            _last.NextWithNews = socket;
        }

        _last = socket;
        CriticalSection.Enter();
        _waiters.WakeAll();
        CriticalSection.Leave();
    }

    /// <summary>Forgets a socket.</summary>
    internal void Forget(Socket socket)
    {
        if (socket.HasNews)
        {
            Unlink(socket);
        }

        socket.Poll = null;
    }

    private void Unlink(Socket socket)
    {
        if (socket.PreviousWithNews is null)
        {
            _first = socket.NextWithNews;
        }
        else
        {
            socket.PreviousWithNews.NextWithNews = socket.NextWithNews;
        }

        if (socket.NextWithNews is null)
        {
            _last = socket.PreviousWithNews;
        }
        else
        {
            socket.NextWithNews.PreviousWithNews = socket.PreviousWithNews;
        }

        socket.PreviousWithNews = null;
        socket.NextWithNews = null;
        socket.HasNews = false;
    }

    private bool WaitForNews(ulong deadlineNs)
    {
        // What this sends may bring news already: from this VM to itself.
        Network.Poll();
        if (_first is not null)
        {
            return true;
        }

        CriticalSection.Enter();
        Network.Lock.HandOver();
        bool woken = _isInterrupted || _waiters.Wait(deadlineNs);
        CriticalSection.Leave();
        Network.Enter();
        return woken;
    }
}
