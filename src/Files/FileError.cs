// SPDX-License-Identifier: MIT
namespace Denali.Files;

/// <summary>Why something could not be read.</summary>
public enum FileError
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>No such name.</summary>
    NotFound,

    /// <summary>A part of a path that is not the last is no directory.</summary>
    NotDirectory,

    /// <summary>It is a directory, which cannot be read like a file.</summary>
    IsDirectory,

    /// <summary>It is neither a file, nor a directory, nor a link.</summary>
    NotFile,

    /// <summary>A name or a path is too long.</summary>
    NameTooLong,

    /// <summary>Too many symbolic links on the way; probably they lead in a circle.</summary>
    TooManyLinks,

    /// <summary>There is no file system of this kind on the disk.</summary>
    NotFileSystem,

    /// <summary>It is sound, as far as can be seen, but needs what this reader does not know.</summary>
    Unsupported,

    /// <summary>The file system contradicts itself.</summary>
    Damaged,

    /// <summary>The disk could not be read.</summary>
    InputOutput,

    /// <summary>Too many pages are held already.</summary>
    NoMemory,
}
