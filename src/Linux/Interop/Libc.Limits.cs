// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Denali.Linux.Interop;

/// <summary>Resource limits: sys/resource.h.</summary>
internal static unsafe partial class Libc
{
    internal const int RLIMIT_NOFILE = 7;

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int getrlimit(int resource, ResourceLimit* limit);

    [LibraryImport(Library, SetLastError = true)]
    internal static partial int setrlimit(int resource, ResourceLimit* limit);
}

/// <summary><c>struct rlimit</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeOf)]
internal struct ResourceLimit
{
    internal const int SizeOf = 16;

    [FieldOffset(0)] internal ulong Current;
    [FieldOffset(8)] internal ulong Maximum;
}
