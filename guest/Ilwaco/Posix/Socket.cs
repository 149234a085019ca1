// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Denali.Net;

namespace Ilwaco;

/// <summary>What all sockets have in common. Used inside of <see cref="Network.Enter"/>.</summary>
internal abstract class Socket : OpenDescription
{
    // Threads in Poll look at all their descriptors again whenever one of these has news.
    private static WaitQueue s_pollers;

    // News so far, of one socket and of all: what a waiting thread's own poll brings wakes nobody.
    private static uint s_allNews;

    private uint _news;
    private WaitQueue _waiters;

    protected Socket(AddressFamily family)
    {
        Family = family;
    }

    /// <summary>Its family.</summary>
    internal AddressFamily Family { get; }

    /// <summary>Its kind.</summary>
    internal abstract SocketType Type { get; }

    /// <summary>Whether calls never wait.</summary>
    internal bool IsNonBlocking { get; set; }

    /// <summary>Whether an IPv6 socket refuses IPv4 peers.</summary>
    internal bool IsIpv6Only { get; set; }

    /// <summary>Nanoseconds a receiving call may wait; 0 for no limit.</summary>
    internal ulong ReceiveTimeoutNs { get; set; }

    /// <summary>Nanoseconds a sending call may wait; 0 for no limit.</summary>
    internal ulong SendTimeoutNs { get; set; }

    /// <summary>Who is told of its news, or nobody; what to tell; its place among those that have some.</summary>
    internal EventPoll? Poll { get; set; }

    internal nint PollData { get; set; }

    internal bool HasNews { get; set; }

    internal Socket? PreviousWithNews { get; set; }

    internal Socket? NextWithNews { get; set; }

    internal abstract int Bind(in SocketAddress address);

    internal abstract int Connect(in SocketAddress address);

    internal abstract int Listen(int backlog);

    internal abstract int Accept(out Socket? socket, out SocketAddress remote, bool isNonBlocking);

    internal abstract int Send(ReadOnlySpan<byte> data, MessageFlags flags, in SocketAddress? remote);

    internal abstract int Receive(Span<byte> data, MessageFlags flags, out SocketAddress remote);

    internal abstract int Shutdown(ShutdownHow how);

    internal abstract int GetName(bool isPeer, out SocketAddress address);

    /// <summary>Sets or reads an option that is not common to all sockets.</summary>
    internal abstract int Option(SocketOption option, bool isSet, ref int value);

    /// <inheritdoc/>
    internal override void Close()
    {
        Network.Enter();
        Discard();
        Network.Leave();
    }

    /// <inheritdoc/>
    internal override int Read(Span<byte> data)
    {
        Network.Enter();
        int result = IsClosed ? -(int)Errno.EBADF : Receive(data, MessageFlags.None, out _);
        Network.Leave();
        return result;
    }

    /// <summary>Ends it, inside of <see cref="Network.Enter"/>. Threads that wait find out.</summary>
    internal void Discard()
    {
        Use();
        IsClosed = true;
        Poll?.Forget(this);
        OnClose();
        Wake();
        Unuse();
    }

    /// <summary>Waits, without the lock meanwhile, until something happens to the socket.</summary>
    /// <param name="deadlineNs">Until when at the longest.</param>
    /// <returns>0, or why to stop waiting.</returns>
    protected int Wait(ulong deadlineNs)
    {
        uint news = _news;
        Network.Poll();
        if (_news != news)
        {
            return IsClosed ? -(int)Errno.EBADF : 0;
        }

        CriticalSection.Enter();
        Network.Lock.HandOver();
        bool woken = _waiters.Wait(deadlineNs);
        CriticalSection.Leave();
        Network.Enter();
        return IsClosed ? -(int)Errno.EBADF : woken ? 0 : -(int)Errno.EAGAIN;
    }

    /// <summary>Lets all threads that wait look again.</summary>
    protected void Wake()
    {
        _news++;
        s_allNews++;
        Poll?.OnNews(this);
        CriticalSection.Enter();
        _waiters.WakeAll();
        s_pollers.WakeAll();
        CriticalSection.Leave();
    }

    /// <summary>Waits until something happens to any socket.</summary>
    internal static bool WaitForAny(ulong deadlineNs)
    {
        uint news = s_allNews;
        Network.Poll();
        if (s_allNews != news)
        {
            return true;
        }

        CriticalSection.Enter();
        Network.Lock.HandOver();
        bool woken = s_pollers.Wait(deadlineNs);
        CriticalSection.Leave();
        Network.Enter();
        return woken;
    }

    /// <summary>Gives the resources back.</summary>
    protected abstract void OnClose();

    /// <summary>The deadline of a call that may wait for a timeout.</summary>
    protected static ulong DeadlineOf(ulong timeoutNs) =>
        timeoutNs == 0 ? InstructionPage.Never : Clock.After(timeoutNs);

    /// <summary>Whether an address can be used with a socket of this family.</summary>
    protected bool Takes(in SocketAddress address) =>
        Family == AddressFamily.Ipv4 ? address.Address.IsIpv4 : !IsIpv6Only || !address.Address.IsIpv4;

    /// <summary>The negated number of an error of the stack.</summary>
    protected static int Fail(NetError error) => -(int)(error switch
    {
        NetError.None => Errno.None,
        NetError.Refused => Errno.ECONNREFUSED,
        NetError.Reset => Errno.ECONNRESET,
        NetError.Aborted => Errno.ECONNABORTED,
        NetError.TimedOut => Errno.ETIMEDOUT,
        NetError.Unreachable => Errno.EHOSTUNREACH,
        NetError.NoBuffers => Errno.ENOBUFS,
        NetError.AddressInUse => Errno.EADDRINUSE,
        NetError.AddressInvalid => Errno.EADDRNOTAVAIL,
        NetError.NotConnected => Errno.ENOTCONN,
        NetError.TooLarge => Errno.EMSGSIZE,
        _ => Errno.EINVAL,
    });
}
