// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.IO.Enumeration;
using System.IO.Hashing;
using System.Linq;
using System.Text;

namespace Denali.Control.Disks;

/// <summary>A number for what lies in a directory: names, kinds, lengths and times, but not the contents.</summary>
/// <remarks>It tells whether a directory has changed, not whether somebody wants to hide that.</remarks>
internal static class DirectoryFingerprint
{
    private static readonly EnumerationOptions s_everything = new()
    {
        AttributesToSkip = 0,
        IgnoreInaccessible = false,
        RecurseSubdirectories = true,
    };

    /// <summary>Computes it.</summary>
    /// <param name="directory">The directory.</param>
    /// <exception cref="ControlException">Something there cannot be read.</exception>
    internal static UInt128 Compute(string directory)
    {
        try
        {
            var entries = new FileSystemEnumerable<(string Path, long Bytes, long Ticks, int Kind)>(
                directory,
                static (ref FileSystemEntry entry) => (
                    entry.ToFullPath(),
                    entry.IsDirectory ? 0 : entry.Length,
                    entry.LastWriteTimeUtc.Ticks,
                    (int)entry.Attributes),
                s_everything)
            {
                // A link is what it is; what it leads to is elsewhere.
                ShouldRecursePredicate = static (ref FileSystemEntry entry) =>
                    (entry.Attributes & FileAttributes.ReparsePoint) == 0,
            };
            return Hash(entries.OrderBy(entry => entry.Path, StringComparer.Ordinal), directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException($"'{directory}' cannot be read ({e.Message}): check its permissions", e);
        }
    }

    private static UInt128 Hash(
        IEnumerable<(string Path, long Bytes, long Ticks, int Kind)> entries, string directory)
    {
        var hash = new XxHash128();
        Append(hash, Directory.GetLastWriteTimeUtc(directory).Ticks);
        foreach ((string path, long bytes, long ticks, int kind) in entries)
        {
            Append(hash, bytes);
            Append(hash, ticks);
            Append(hash, kind);
            Append(hash, path.Length);
            hash.Append(Encoding.UTF8.GetBytes(path));
        }

        return hash.GetCurrentHashAsUInt128();
    }

    private static void Append(XxHash128 hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.Append(bytes);
    }
}
