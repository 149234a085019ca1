// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>Why a call failed: POSIX.1-2017, with the numbers of Linux (include/uapi/asm-generic/errno.h).</summary>
/// <remarks>The calls in <see cref="Posix"/> return these numbers negated.</remarks>
public enum Errno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>No such file or name.</summary>
    ENOENT = 2,

    /// <summary>The disk could not be read.</summary>
    EIO = 5,

    /// <summary>No such device.</summary>
    ENXIO = 6,

    /// <summary>No such descriptor.</summary>
    EBADF = 9,

    /// <summary>It would have to wait.</summary>
    EAGAIN = 11,

    /// <summary>No memory.</summary>
    ENOMEM = 12,

    /// <summary>It exists already.</summary>
    EEXIST = 17,

    /// <summary>This VM has no disk.</summary>
    ENODEV = 19,

    /// <summary>A part of a path is no directory.</summary>
    ENOTDIR = 20,

    /// <summary>It is a directory.</summary>
    EISDIR = 21,

    /// <summary>An argument that makes no sense.</summary>
    EINVAL = 22,

    /// <summary>Too many descriptors.</summary>
    EMFILE = 24,

    /// <summary>A position cannot be set there.</summary>
    ESPIPE = 29,

    /// <summary>The disk can only be read.</summary>
    EROFS = 30,

    /// <summary>The peer does not read any more.</summary>
    EPIPE = 32,

    /// <summary>A name or a path is too long.</summary>
    ENAMETOOLONG = 36,

    /// <summary>Too many symbolic links on the way.</summary>
    ELOOP = 40,

    /// <summary>The descriptor is no socket.</summary>
    ENOTSOCK = 88,

    /// <summary>No destination was given.</summary>
    EDESTADDRREQ = 89,

    /// <summary>The datagram is too large.</summary>
    EMSGSIZE = 90,

    /// <summary>No such option.</summary>
    ENOPROTOOPT = 92,

    /// <summary>No such protocol.</summary>
    EPROTONOSUPPORT = 93,

    /// <summary>This kind of socket cannot do that.</summary>
    EOPNOTSUPP = 95,

    /// <summary>No such address family.</summary>
    EAFNOSUPPORT = 97,

    /// <summary>The port is taken.</summary>
    EADDRINUSE = 98,

    /// <summary>Not an address of this VM.</summary>
    EADDRNOTAVAIL = 99,

    /// <summary>This VM has no network.</summary>
    ENETDOWN = 100,

    /// <summary>There is no way to that network.</summary>
    ENETUNREACH = 101,

    /// <summary>The connection was given up here.</summary>
    ECONNABORTED = 103,

    /// <summary>The peer broke the connection off.</summary>
    ECONNRESET = 104,

    /// <summary>No room for more.</summary>
    ENOBUFS = 105,

    /// <summary>It is connected already.</summary>
    EISCONN = 106,

    /// <summary>It is not connected.</summary>
    ENOTCONN = 107,

    /// <summary>The peer does not answer.</summary>
    ETIMEDOUT = 110,

    /// <summary>Nobody listens there.</summary>
    ECONNREFUSED = 111,

    /// <summary>There is no way to that host.</summary>
    EHOSTUNREACH = 113,

    /// <summary>It goes on already.</summary>
    EALREADY = 114,

    /// <summary>It goes on; ask later.</summary>
    EINPROGRESS = 115,

    /// <summary>The file system is damaged.</summary>
    EUCLEAN = 117,
}
