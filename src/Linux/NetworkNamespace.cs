// SPDX-License-Identifier: MIT
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>Linux's network namespaces: a set of interfaces, addresses and sockets apart from all others.</summary>
public static class NetworkNamespace
{
    /// <summary>
    /// Takes the calling thread into a new namespace, for good. Its sockets, the TAP devices that it opens and the
    /// processes that it starts are in there. The namespace ends with the last of them.
    /// </summary>
    /// <exception cref="LinuxException">The process may not do that: it needs CAP_SYS_ADMIN.</exception>
    public static void EnterNew()
    {
        if (Libc.unshare(Libc.CLONE_NEWNET) != 0)
        {
            throw LinuxException.FromLastError("unshare(CLONE_NEWNET)");
        }
    }
}
