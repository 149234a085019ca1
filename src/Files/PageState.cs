// SPDX-License-Identifier: MIT
namespace Denali.Files;

/// <summary>What a frame of the page cache holds.</summary>
internal enum PageState : byte
{
    /// <summary>Nothing.</summary>
    Empty = 0,

    /// <summary>A sector that is being read.</summary>
    Loading,

    /// <summary>A sector.</summary>
    Loaded,

    /// <summary>Nothing: reading failed, and not all who waited for it know that yet.</summary>
    Failed,
}
