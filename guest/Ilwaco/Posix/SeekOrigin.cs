// SPDX-License-Identifier: MIT
namespace Ilwaco;

/// <summary>What a position counts from, with the numbers of Linux.</summary>
public enum SeekOrigin
{
    /// <summary>The start of the file (SEEK_SET).</summary>
    Begin = 0,

    /// <summary>The position (SEEK_CUR).</summary>
    Current = 1,

    /// <summary>The end of the file (SEEK_END).</summary>
    End = 2,
}
