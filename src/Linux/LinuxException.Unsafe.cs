// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;

namespace Denali.Linux;

/// <summary>A system call failed because of the environment.</summary>
public sealed class LinuxException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="operation">What was tried, such as "mmap of 16 MiB".</param>
    /// <param name="errno">The error number of Linux.</param>
    public LinuxException(string operation, int errno)
        : base($"{operation} failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
    {
        Errno = errno;
    }

    /// <summary>The error number of Linux.</summary>
    public int Errno { get; }

    internal static LinuxException FromLastError(string operation) => new(operation, Marshal.GetLastPInvokeError());
}
