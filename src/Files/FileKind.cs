// SPDX-License-Identifier: MIT
namespace Denali.Files;

/// <summary>Kinds of files, with the numbers of the type bits of a POSIX mode.</summary>
public enum FileKind : ushort
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>A named pipe.</summary>
    Pipe = 0x1000,

    /// <summary>A character device.</summary>
    CharacterDevice = 0x2000,

    /// <summary>A directory.</summary>
    Directory = 0x4000,

    /// <summary>A block device.</summary>
    BlockDevice = 0x6000,

    /// <summary>A file with contents.</summary>
    Regular = 0x8000,

    /// <summary>A symbolic link.</summary>
    SymbolicLink = 0xA000,

    /// <summary>A local socket.</summary>
    Socket = 0xC000,
}
