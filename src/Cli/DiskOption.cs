// SPDX-License-Identifier: MIT
using System;

namespace Denali.Cli;

/// <summary>A value of <c>--disk</c>: a file that becomes a disk of the VMs.</summary>
/// <param name="Path">The file.</param>
/// <param name="IsReadOnly">Whether the VMs may only read it.</param>
internal sealed record DiskOption(string Path, bool IsReadOnly)
{
    private const string ReadOnlySuffix = ",ro";

    /// <summary>Reads <c>FILE[,ro]</c>.</summary>
    /// <exception cref="UsageException">It names no file.</exception>
    internal static DiskOption Parse(string text)
    {
        bool isReadOnly = text.EndsWith(ReadOnlySuffix, StringComparison.Ordinal);
        string path = isReadOnly ? text[..^ReadOnlySuffix.Length] : text;
        return path.Length > 0
            ? new DiskOption(path, isReadOnly)
            : throw new UsageException($"'{text}' is not a disk: write FILE, or FILE,ro to only read it");
    }
}
