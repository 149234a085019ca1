// SPDX-License-Identifier: MIT
using System;

namespace Denali.Engine;

/// <summary>A region of a memory base that has contents from the start: a segment of an image.</summary>
/// <param name="Address">First guest address, a multiple of the page size.</param>
/// <param name="MemoryBytes">Bytes in memory; what lies behind the contents is zero.</param>
/// <param name="Contents">The first bytes of the region, at most <paramref name="MemoryBytes"/>.</param>
/// <param name="Permissions">What the guest may do there.</param>
public sealed record BaseRegion(
    ulong Address, ulong MemoryBytes, ReadOnlyMemory<byte> Contents, Permissions Permissions)
{
    /// <summary>First address behind the region.</summary>
    public ulong End => Address + MemoryBytes;
}
