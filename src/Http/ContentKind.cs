// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>What is found at a path.</summary>
public enum ContentKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>Something that is not given out: a device, a pipe.</summary>
    Other,

    /// <summary>It cannot be read: the disk is damaged.</summary>
    Failed,

    /// <summary>There is no room for another open file now.</summary>
    Busy,
}
