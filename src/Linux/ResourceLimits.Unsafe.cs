// SPDX-License-Identifier: MIT
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>Limits of this process.</summary>
public static unsafe class ResourceLimits
{
    /// <summary>
    /// Descriptors that are left to the runtime. It opens files of its own at any time, and ends the process with "Out
    /// of memory" if it cannot; they are closed at once, so a few for each of its threads are enough.
    /// </summary>
    public const int ReservedFiles = 32;

    /// <summary>
    /// Whether no more than about <see cref="ReservedFiles"/> descriptors are free: then nothing may be opened for a
    /// VM.
    /// Any thread; takes a few microseconds.
    /// </summary>
    /// <returns>Whether they are scarce.</returns>
    public static bool AreFilesScarce()
    {
        ResourceLimit limit;

        // SAFETY: the structure lives on this stack for the length of the call.
        if (Libc.getrlimit(Libc.RLIMIT_NOFILE, &limit) != 0)
        {
            return true;
        }

        try
        {
            // Linux gives the lowest number that is free, so all below it are taken.
            using FileDescriptor lowest = FileDescriptor.OpenReadWrite("/dev/null");
            return (ulong)lowest.Fd + ReservedFiles >= limit.Current;
        }
        catch (LinuxException)
        {
            return true;
        }
    }

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
