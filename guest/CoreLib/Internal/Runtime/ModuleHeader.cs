// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;

namespace Internal.Runtime;

/// <summary>What ILC puts at the head of a compiled module: a table of what the start-up code needs.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ModuleHeader
{
    internal const uint ExpectedSignature = 0x0052_5452;

#pragma warning disable CS0649
    internal readonly uint Signature;
    internal readonly ushort MajorVersion;
    internal readonly ushort MinorVersion;
    internal readonly uint Flags;
    internal readonly ushort SectionCount;
    internal readonly byte EntrySize;
    internal readonly byte EntryType;
#pragma warning restore CS0649
}
