// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>How a file is opened, with the numbers of Linux.</summary>
[Flags]
public enum OpenFlags
{
    /// <summary>To be read (O_RDONLY).</summary>
    ReadOnly = 0,

    /// <summary>To be written (O_WRONLY); refused, as disks are only read so far.</summary>
    WriteOnly = 1,

    /// <summary>To be read and written (O_RDWR); refused alike.</summary>
    ReadWrite = 2,

    /// <summary>To be made if there is none (O_CREAT); refused alike.</summary>
    Create = 0x40,

    /// <summary>Only if it is a directory (O_DIRECTORY).</summary>
    Directory = 0x1_0000,

    /// <summary>Not if it is a symbolic link (O_NOFOLLOW).</summary>
    NoFollow = 0x2_0000,
}
