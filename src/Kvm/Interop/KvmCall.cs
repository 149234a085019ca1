// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Denali.Linux;

namespace Denali.Kvm.Interop;

/// <summary>Calls of KVM that throw where the environment refuses.</summary>
internal static unsafe class KvmCall
{
    /// <summary>A request with a plain number as argument.</summary>
    internal static int Request(FileDescriptor handle, string name, uint request, nuint argument = 0)
    {
        int result;
        do
        {
            result = KvmIoctl.Call(handle.Fd, request, argument);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == KvmIoctl.EINTR);

        return result >= 0 ? result : throw new LinuxException(name, Marshal.GetLastPInvokeError());
    }

    /// <summary>A request with a structure as argument, which the kernel reads or writes.</summary>
    internal static int Request<T>(FileDescriptor handle, string name, uint request, ref T argument)
        where T : unmanaged
    {
        // SAFETY: the structure is pinned for the length of the call; its layout is compared with the system's headers
        // by a test.
        fixed (T* pointer = &argument)
        {
            return Request(handle, name, request, (nuint)pointer);
        }
    }
}
