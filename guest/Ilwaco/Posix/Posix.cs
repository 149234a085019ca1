// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Denali.Net;

namespace Ilwaco;

/// <summary>Sockets and files (POSIX.1-2017): the calls that servers are written with.</summary>
/// <remarks>
/// <para>A call returns 0 or more if it worked, and the negated number of an <see cref="Errno"/> if not. There is no
/// variable errno, and no signals: sending to a peer that has gone is <see cref="Errno.EPIPE"/>.</para>
/// <para>Any thread. A thread that waits in a call on a descriptor which another thread closes gets
/// <see cref="Errno.EBADF"/>.</para>
/// </remarks>
public static partial class Posix
{
    /// <summary>Makes a socket.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="type">Stream or datagram.</param>
    /// <returns>A descriptor; or EAFNOSUPPORT, EPROTONOSUPPORT, EMFILE, ENETDOWN.</returns>
    public static int Socket(AddressFamily family, SocketType type)
    {
        if (family is not (AddressFamily.Ipv4 or AddressFamily.Ipv6))
        {
            return -(int)Errno.EAFNOSUPPORT;
        }

        if (type is not (SocketType.Stream or SocketType.Datagram))
        {
            return -(int)Errno.EPROTONOSUPPORT;
        }

        if (!Network.IsPresent)
        {
            return -(int)Errno.ENETDOWN;
        }

        Network.Enter();
        Socket socket = type == SocketType.Stream ? new StreamSocket(family) : new DatagramSocket(family);
        int descriptor = AddOrClose(socket);
        Network.LeaveQuietly();
        return descriptor;
    }

    /// <summary>Gives a socket an address of this VM.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="address">The address; any of a family will do.</param>
    /// <returns>0; or EBADF, EINVAL, EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT.</returns>
    public static int Bind(int descriptor, SocketAddress address)
    {
        Socket? socket = Enter(descriptor);
        return Leave(socket, socket is null ? NotSocket(descriptor) : socket.Bind(address));
    }

    /// <summary>Lets a stream socket accept connections.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="backlog">Connections that may wait to be accepted, 1 to 4096; others are brought in.</param>
    /// <returns>0; or EBADF, EADDRINUSE, EISCONN, EOPNOTSUPP.</returns>
    public static int Listen(int descriptor, int backlog)
    {
        Socket? socket = Enter(descriptor);
        return Leave(socket, socket is null ? NotSocket(descriptor) : socket.Listen(backlog));
    }

    /// <summary>Waits for a connection and takes it.</summary>
    /// <param name="descriptor">The listening socket.</param>
    /// <param name="remote">The peer.</param>
    /// <param name="flags"><see cref="MessageFlags.DontWait"/> or none.</param>
    /// <returns>The connection's descriptor; or EBADF, EAGAIN, EINVAL, EMFILE, EOPNOTSUPP.</returns>
    public static int Accept(int descriptor, out SocketAddress remote, MessageFlags flags = MessageFlags.None)
    {
        remote = default;
        Socket? socket = Enter(descriptor);
        if (socket is null)
        {
            return Leave(socket, NotSocket(descriptor));
        }

        bool isNonBlocking = (flags & MessageFlags.DontWait) != 0;
        int result = socket.Accept(out Socket? accepted, out remote, isNonBlocking);
        return Leave(socket, accepted is null ? result : AddOrClose(accepted));
    }

    /// <summary>Connects a stream socket, or gives a datagram socket its peer.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="remote">The peer.</param>
    /// <returns>
    /// 0; or EBADF, ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EISCONN, EALREADY, EADDRNOTAVAIL; EINPROGRESS
    /// if it goes on without the caller.
    /// </returns>
    public static int Connect(int descriptor, SocketAddress remote)
    {
        Socket? socket = Enter(descriptor);
        return Leave(socket, socket is null ? NotSocket(descriptor) : socket.Connect(remote));
    }

    /// <summary>Sends to the peer. A socket that may wait sends all of it.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="data">What to send.</param>
    /// <param name="flags"><see cref="MessageFlags.DontWait"/>, <see cref="MessageFlags.More"/>, or none.</param>
    /// <returns>Bytes sent; or EBADF, EAGAIN, EPIPE, ECONNRESET, ENOTCONN, EDESTADDRREQ, EMSGSIZE, ETIMEDOUT.</returns>
    public static int Send(int descriptor, ReadOnlySpan<byte> data, MessageFlags flags = MessageFlags.None)
    {
        Socket? socket = Enter(descriptor);
        int result = socket is null ? NotSocket(descriptor) : socket.Send(data, flags, null);

        // What went in whole can wait for the rest; what did not must go, to make room.
        bool isMore = socket is StreamSocket && (flags & MessageFlags.More) != 0;
        return isMore && result == data.Length ? LeaveQuietly(socket, result) : Leave(socket, result);
    }

    /// <summary>Sends bytes to a connected peer where they lie, never waiting.</summary>
    /// <returns>Bytes taken, and then all of them go back to their lender by themselves; or EBADF, ENOTSOCK, EAGAIN,
    /// EOPNOTSUPP, ENOTCONN, EPIPE, ECONNRESET, ETIMEDOUT.</returns>
    internal static int SendLent(int descriptor, in LentBytes lent)
    {
        Socket? socket = Enter(descriptor);
        int result = socket is null ? NotSocket(descriptor)
            : socket is StreamSocket stream ? stream.SendLent(lent)
            : -(int)Errno.EOPNOTSUPP;
        return Leave(socket, result);
    }

    /// <summary>Sends a datagram.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="data">What to send.</param>
    /// <param name="remote">Where to.</param>
    /// <param name="flags"><see cref="MessageFlags.DontWait"/> or none.</param>
    /// <returns>Bytes sent; or EBADF, EMSGSIZE, ENOBUFS, EHOSTUNREACH, ECONNREFUSED of an earlier one.</returns>
    public static int SendTo(
        int descriptor, ReadOnlySpan<byte> data, SocketAddress remote, MessageFlags flags = MessageFlags.None)
    {
        Socket? socket = Enter(descriptor);
        return Leave(socket, socket is null ? NotSocket(descriptor) : socket.Send(data, flags, remote));
    }

    /// <summary>Receives from the peer.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="data">Where to.</param>
    /// <param name="flags">How.</param>
    /// <returns>Bytes received, 0 if the peer has ended; or EBADF, EAGAIN, ECONNRESET, ETIMEDOUT, ENOTCONN.</returns>
    public static int Receive(int descriptor, Span<byte> data, MessageFlags flags = MessageFlags.None) =>
        ReceiveFrom(descriptor, data, out _, flags);

    /// <summary>Receives a datagram.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="data">Where to; what finds no room is lost.</param>
    /// <param name="remote">Who sent it.</param>
    /// <param name="flags">How.</param>
    /// <returns>Bytes received; or EBADF, EAGAIN, ECONNREFUSED of an earlier one that was sent.</returns>
    public static int ReceiveFrom(
        int descriptor, Span<byte> data, out SocketAddress remote, MessageFlags flags = MessageFlags.None)
    {
        remote = default;
        Socket? socket = Enter(descriptor);
        return Leave(socket, socket is null ? NotSocket(descriptor) : socket.Receive(data, flags, out remote));
    }

    /// <summary>Ends one or both directions.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="how">Which.</param>
    /// <returns>0; or EBADF, ENOTCONN.</returns>
    public static int Shutdown(int descriptor, ShutdownHow how)
    {
        Socket? socket = Enter(descriptor);
        return Leave(socket, socket is null ? NotSocket(descriptor) : socket.Shutdown(how));
    }

    /// <summary>Gives a descriptor back. What was sent by a socket still arrives.</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <returns>0; or EBADF.</returns>
    public static int Close(int descriptor)
    {
        OpenDescription? description = Descriptors.Remove(descriptor);
        if (description is null)
        {
            return -(int)Errno.EBADF;
        }

        description.Close();
        return 0;
    }

    /// <summary>The address of a socket on this side.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="address">The address.</param>
    /// <returns>0; or EBADF.</returns>
    public static int GetSocketName(int descriptor, out SocketAddress address)
    {
        address = default;
        Socket? socket = Enter(descriptor);
        return LeaveQuietly(
            socket, socket is null ? NotSocket(descriptor) : socket.GetName(isPeer: false, out address));
    }

    /// <summary>The address of a socket's peer.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="address">The address.</param>
    /// <returns>0; or EBADF, ENOTCONN.</returns>
    public static int GetPeerName(int descriptor, out SocketAddress address)
    {
        address = default;
        Socket? socket = Enter(descriptor);
        return LeaveQuietly(
            socket, socket is null ? NotSocket(descriptor) : socket.GetName(isPeer: true, out address));
    }

    /// <summary>Sets an option.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="option">The option.</param>
    /// <param name="value">Its value.</param>
    /// <returns>0; or EBADF, EINVAL, ENOPROTOOPT.</returns>
    public static int SetSocketOption(int descriptor, SocketOption option, int value)
    {
        Socket? socket = Enter(descriptor);
        return Leave(socket, socket is null ? NotSocket(descriptor) : CommonOptions.Set(socket, option, value));
    }

    /// <summary>Reads an option.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="option">The option.</param>
    /// <param name="value">Its value.</param>
    /// <returns>0; or EBADF, ENOPROTOOPT.</returns>
    public static int GetSocketOption(int descriptor, SocketOption option, out int value)
    {
        value = 0;
        Socket? socket = Enter(descriptor);
        return LeaveQuietly(
            socket, socket is null ? NotSocket(descriptor) : CommonOptions.Get(socket, option, out value));
    }

    /// <summary>Finds the addresses of a host, and waits for the name server if it has to be asked.</summary>
    /// <param name="host">An address, or a name. Names are asked for at the gateway.</param>
    /// <param name="service">A port, the name of a well-known service, or nothing for port 0.</param>
    /// <param name="family">Which addresses; unspecified for both, those of IPv4 first.</param>
    /// <param name="results">Where they go; more than fit are left out.</param>
    /// <returns>
    /// How many there are; or ENOENT if there are none, EINVAL for what is no name or service, EAFNOSUPPORT for an
    /// address of another family, ETIMEDOUT if no server answers, EAGAIN if none can, ENETDOWN.
    /// </returns>
    public static int GetAddressInfo(
        ReadOnlySpan<byte> host, ReadOnlySpan<byte> service, AddressFamily family, Span<SocketAddress> results)
    {
        if (family is not (AddressFamily.Unspecified or AddressFamily.Ipv4 or AddressFamily.Ipv6))
        {
            return -(int)Errno.EAFNOSUPPORT;
        }

        if (host.IsEmpty || results.IsEmpty || !Services.TryFind(service, out ushort port))
        {
            return -(int)Errno.EINVAL;
        }

        if (IpText.TryParse(host, out IpAddress address))
        {
            results[0] = new SocketAddress(address, port);
            return family == AddressFamily.Unspecified || family == results[0].Family
                ? 1
                : -(int)Errno.EAFNOSUPPORT;
        }

        if (!Network.IsPresent)
        {
            return -(int)Errno.ENETDOWN;
        }

        Network.Enter();
        return Leave(null, Names.Find(host, family, port, results));
    }

    /// <summary>Waits until one of some descriptors is ready.</summary>
    /// <param name="entries">The descriptors, and what to wait for.</param>
    /// <param name="timeoutMs">How long in milliseconds: 0 not at all, negative without limit.</param>
    /// <returns>How many are ready; 0 after the timeout.</returns>
    public static int Poll(Span<PollEntry> entries, int timeoutMs)
    {
        if (!Network.IsPresent)
        {
            return -(int)Errno.ENETDOWN;
        }

        ulong deadlineNs = timeoutMs < 0 ? InstructionPage.Never : Clock.After((ulong)timeoutMs * Clock.NsPerMs);
        Network.Enter();
        int ready = Scan(entries);
        while (ready == 0 && Ilwaco.Socket.WaitForAny(deadlineNs))
        {
            ready = Scan(entries);
        }

        return Leave(null, ready);
    }

    private static int Scan(Span<PollEntry> entries)
    {
        int ready = 0;
        for (int i = 0; i < entries.Length; i++)
        {
            ref PollEntry entry = ref entries[i];
            entry.Returned = PollEvents.None;
            if (entry.Descriptor < 0)
            {
                continue;
            }

            // A file may be closed at any time; sockets are under the network's lock.
            CriticalSection.Enter();
            OpenDescription? description = Descriptors.Find(entry.Descriptor);
            entry.Returned = description is null
                ? PollEvents.Invalid
                : description.ReadyEvents & (entry.Events | PollEvents.Error | PollEvents.HangUp);
            CriticalSection.Leave();
            ready += entry.Returned == PollEvents.None ? 0 : 1;
        }

        return ready;
    }

    private static Socket? Enter(int descriptor)
    {
        if (!Network.IsPresent)
        {
            return null;
        }

        Network.Enter();
        OpenDescription? description = Descriptors.Use(descriptor);
        if (description is Socket socket)
        {
            return socket;
        }

        description?.Unuse();
        return null;
    }

    private static int NotSocket(int descriptor) =>
        -(int)(Descriptors.Find(descriptor) is null ? Errno.EBADF : Errno.ENOTSOCK);

    private static int Leave(Socket? socket, int result)
    {
        if (Network.IsPresent)
        {
            socket?.Unuse();
            Network.Leave();
        }

        return result;
    }

    private static int LeaveQuietly(Socket? socket, int result)
    {
        if (Network.IsPresent)
        {
            socket?.Unuse();
            Network.LeaveQuietly();
        }

        return result;
    }

    private static int AddOrClose(Socket socket)
    {
        int descriptor = Descriptors.Add(socket);
        if (descriptor < 0)
        {
            socket.Discard();
        }

        return descriptor;
    }
}
