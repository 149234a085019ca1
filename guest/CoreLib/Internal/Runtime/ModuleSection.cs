// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>A row of the table behind a <see cref="ModuleHeader"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ModuleSection
{
    internal const int GCStaticRegion = 201;
    internal const int EagerConstructors = 205;
    internal const int ModuleInitializers = 213;

#pragma warning disable CS0649
    internal readonly int Id;
    internal readonly int Flags;
    internal readonly void* Start;
    internal readonly void* End;
#pragma warning restore CS0649
}
