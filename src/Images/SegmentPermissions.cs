// SPDX-License-Identifier: MIT
using System;

namespace Denali.Images;

/// <summary>What a guest may do with a segment's pages. The values are those of <c>p_flags</c> (ELF gABI, Program
/// Header: Segment Permissions).</summary>
/// <remarks>Only three combinations pass the parser: read, read and write, read and execute.</remarks>
[Flags]
public enum SegmentPermissions : uint
{
    /// <summary>No access.</summary>
    None = 0,

    /// <summary>Instructions may be fetched (PF_X).</summary>
    Execute = 1,

    /// <summary>Bytes may be written (PF_W).</summary>
    Write = 2,

    /// <summary>Bytes may be read (PF_R).</summary>
    Read = 4,
}
