// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>Which virtual method of a type implements which method of its interfaces.</summary>
/// <remarks>
/// Four counts, then the entries: those of the class itself, those that come from the interfaces' own bodies, then the
/// same two for static methods (never needed: the compiler resolves those).
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DispatchMap
{
#pragma warning disable CS0649
    internal readonly ushort StandardCount;
    internal readonly ushort DefaultCount;
    private readonly ushort _standardStaticCount;
    private readonly ushort _defaultStaticCount;
#pragma warning restore CS0649

    internal static DispatchMapEntry* Entries(DispatchMap* map) => (DispatchMapEntry*)(map + 1);
}
