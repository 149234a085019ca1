// SPDX-License-Identifier: MIT
namespace Denali.Hardware;

/// <summary>What a <see cref="DiskRequest"/> asks for. Append-only.</summary>
public enum DiskOperation : uint
{
    /// <summary>Disk to memory.</summary>
    Read = 0,

    /// <summary>Memory to disk.</summary>
    Write = 1,

    /// <summary>When it completes, all writes that completed before it was issued are on stable storage.</summary>
    Flush = 2,

    /// <summary>The sectors are no longer needed; they read as zeros afterwards.</summary>
    Discard = 3,
}
