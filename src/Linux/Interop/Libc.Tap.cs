// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Denali.Linux.Interop;

/// <summary>TAP devices: linux/if_tun.h, net/if.h, sys/socket.h, poll.h.</summary>
internal static unsafe partial class Libc
{
    internal const int O_NONBLOCK = 0x800;
    internal const nuint TUNSETIFF = 0x400454CA;
    internal const nuint TUNSETOFFLOAD = 0x400454D0;
    internal const nuint TUNSETVNETHDRSZ = 0x400454D8;
    internal const int IFF_TAP = 0x0002;
    internal const int IFF_NO_PI = 0x1000;
    internal const int IFF_VNET_HDR = 0x4000;
    internal const int IFF_TUN_EXCL = 0x8000;
    internal const int IFF_MULTI_QUEUE = 0x0100;
    internal const uint TUN_F_CSUM = 0x01;
    internal const uint TUN_F_TSO4 = 0x02;
    internal const uint TUN_F_TSO6 = 0x04;
    internal const uint TUN_F_TSO_ECN = 0x08;
    internal const nuint SIOCGIFFLAGS = 0x8913;
    internal const nuint SIOCSIFFLAGS = 0x8914;
    internal const nuint SIOCSIFHWADDR = 0x8924;
    internal const nuint SIOCGIFHWADDR = 0x8927;
    internal const int IFF_UP = 1;
    internal const int ARPHRD_ETHER = 1;
    internal const int AF_INET = 2;
    internal const int SOCK_DGRAM = 2;
    internal const int SOCK_CLOEXEC = 0x80000;
    internal const int CLONE_NEWNET = 0x40000000;
    internal const int POLLIN = 1;
    internal const int EPERM = 1;
    internal const int EINTR = 4;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int socket(int family, int type, int protocol);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setns(SafeFileHandle file, int kind);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial nint read(int fd, byte* buffer, nuint count);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int ppoll(PollFd* descriptors, nuint count, Timespec* timeout, SigSet* mask);
}

/// <summary><c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct PollFd
{
    internal const int SizeOf = 8;

    [FieldOffset(0)] internal int Descriptor;
    [FieldOffset(4)] internal short Events;
    [FieldOffset(6)] internal short Happened;
}

/// <summary>The name of a network interface: <c>IFNAMSIZ</c> bytes.</summary>
[InlineArray(Length)]
internal struct InterfaceName
{
    internal const int Length = 16;

    private byte _first;
}

/// <summary><c>struct ifreq</c>, as far as it is used.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct InterfaceRequest
{
    internal const int SizeOf = 40;

    [FieldOffset(0)] internal InterfaceName Name;
    [FieldOffset(16)] internal short Flags;
    [FieldOffset(16)] internal ushort AddressFamily;
    [FieldOffset(18)] internal ulong AddressBytes;
}
