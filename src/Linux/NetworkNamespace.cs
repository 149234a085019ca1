// SPDX-License-Identifier: MIT
using System.IO;
using Denali.Linux.Interop;
using Microsoft.Win32.SafeHandles;

namespace Denali.Linux;

/// <summary>Linux's network namespaces: a set of interfaces, addresses and sockets apart from all others.</summary>
public static class NetworkNamespace
{
    private const string PathOfProcess = "/proc/self/ns/net";

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

    /// <summary>
    /// Takes the calling thread into the namespace of the process: that of its first thread. A thread begins in that of
    /// the thread which started it, and so do those that the runtime starts for its pool.
    /// </summary>
    /// <exception cref="LinuxException">The process may not do that: it needs CAP_SYS_ADMIN.</exception>
    public static void EnterThatOfProcess()
    {
        using SafeFileHandle network = File.OpenHandle(PathOfProcess);
        if (Libc.setns(network, Libc.CLONE_NEWNET) != 0)
        {
            throw LinuxException.FromLastError("setns(CLONE_NEWNET)");
        }
    }
}
