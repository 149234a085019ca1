// SPDX-License-Identifier: MIT
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>Limits of this process.</summary>
public static unsafe class ResourceLimits
{
    /// <summary>Raises the number of descriptors that this process may open to what it is allowed.</summary>
    /// <returns>The number now in force.</returns>
    public static ulong RaiseOpenFiles()
    {
        ResourceLimit limit;

        // SAFETY: the structure lives on this stack for the length of both calls.
        if (Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit) != 0)
        {
            throw LinuxException.FromLastError("getrlimit");
        }

        ulong before = limit.Current;
        limit.Current = limit.Maximum;
        return Libc.setrlimit(Libc.RLIMIT_NOFILE, &limit) == 0 ? limit.Maximum : before;
    }
}
