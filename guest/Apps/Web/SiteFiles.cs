// SPDX-License-Identifier: MIT
using System;
using Denali.Http;
using Ilwaco;

/// <summary>
/// The files of the disk, and what was found at the paths that were asked for last: also that there is nothing, which
/// is what most of the questions for compressed siblings come to.
/// </summary>
/// <remarks>The image of a site that is being served does not change, so what was found stays true.</remarks>
internal sealed class SiteFiles : IContentStore
{
    // Sets of a few entries each: what is asked for often stays, whatever else is asked for meanwhile.
    private const int SetCount = 256;
    private const int Ways = 4;

    // Longer paths are looked up each time: they are rare, and would hold memory.
    private const int CachedPathBytesMax = 256;

    private readonly SiteFile?[] _cached = new SiteFile?[SetCount * Ways];
    private SiteFile?[] _byDescriptor = new SiteFile?[64];
    private uint _clock;

    /// <inheritdoc/>
    public ContentKind Open(ReadOnlySpan<byte> path, out ContentEntry entry)
    {
        entry = default;
        uint hash = Hash(path);
        SiteFile? file = Find(hash, path);
        if (file is null)
        {
            ContentKind kind = Look(path, out FileStatus status, out int descriptor);
            if (kind is ContentKind.Failed or ContentKind.Busy)
            {
                return kind; // Next time it may go better.
            }

            file = new SiteFile(kind, descriptor, status);
            if (kind == ContentKind.File)
            {
                Remember(file);
            }

            if (path.Length <= CachedPathBytesMax)
            {
                Keep(hash, path, file);
            }
            else if (kind != ContentKind.File)
            {
                Heap.Free(file);
                return kind;
            }
        }

        if (file.Kind == ContentKind.File)
        {
            file.UserCount++;
            entry = file.Entry;
        }

        return file.Kind;
    }

    /// <inheritdoc/>
    public void Release(int handle)
    {
        SiteFile file = _byDescriptor[handle]!;
        file.UserCount--;
        CloseIfUnused(file);
    }

    private static ContentKind Look(ReadOnlySpan<byte> path, out FileStatus status, out int descriptor)
    {
        status = default;
        descriptor = Posix.Open(path);
        if (descriptor >= 0)
        {
            _ = Posix.FStat(descriptor, out status);
            if (status.Kind == Denali.Files.FileKind.Regular)
            {
                return ContentKind.File;
            }

            _ = Posix.Close(descriptor);
            return status.Kind == Denali.Files.FileKind.Directory ? ContentKind.Directory : ContentKind.Other;
        }

        return (Errno)(-descriptor) switch
        {
            Errno.ENOENT or Errno.ENOTDIR or Errno.ENAMETOOLONG => ContentKind.None,
            Errno.ENXIO => ContentKind.Other,
            Errno.ELOOP => ContentKind.None,
            Errno.EMFILE => ContentKind.Busy,
            _ => ContentKind.Failed,
        };
    }

    // FNV-1a: short, and good enough where a collision costs one look at the disk.
    private static uint Hash(ReadOnlySpan<byte> path)
    {
        uint hash = 2_166_136_261;
        foreach (byte value in path)
        {
            hash = (hash ^ value) * 16_777_619;
        }

        return hash ^ (hash >> 16);
    }

    private SiteFile? Find(uint hash, ReadOnlySpan<byte> path)
    {
        int set = (int)(hash % SetCount) * Ways;
        for (int i = set; i < set + Ways; i++)
        {
            SiteFile? file = _cached[i];
            if (file is not null && file.Hash == hash && path.SequenceEqual(file.Path))
            {
                file.LastUse = ++_clock;
                return file;
            }
        }

        return null;
    }

    private void Keep(uint hash, ReadOnlySpan<byte> path, SiteFile file)
    {
        int set = (int)(hash % SetCount) * Ways;
        int oldest = set;
        for (int i = set; i < set + Ways && _cached[oldest] is not null; i++)
        {
            if (_cached[i] is null || (int)(_cached[i]!.LastUse - _cached[oldest]!.LastUse) < 0)
            {
                oldest = i;
            }
        }

        SiteFile? evicted = _cached[oldest];
        if (evicted is not null)
        {
            Heap.Free(evicted.Path!);
            evicted.Path = null;
            CloseIfUnused(evicted);
        }

        file.Hash = hash;
        file.Path = path.ToArray();
        file.LastUse = ++_clock;
        _cached[oldest] = file;
    }

    private void Remember(SiteFile file)
    {
        int descriptor = file.Entry.Handle;
        if (descriptor >= _byDescriptor.Length)
        {
            SiteFile?[] larger = new SiteFile?[Math.Max(descriptor + 1, _byDescriptor.Length * 2)];
            _byDescriptor.AsSpan().CopyTo(larger);
            Heap.Free(_byDescriptor);
            _byDescriptor = larger;
        }

        _byDescriptor[descriptor] = file;
    }

    /// <summary>Closes a file that nobody reads and that is not kept.</summary>
    private void CloseIfUnused(SiteFile file)
    {
        if (file.UserCount > 0 || file.Path is not null)
        {
            return;
        }

        if (file.Kind == ContentKind.File)
        {
            _ = Posix.Close(file.Entry.Handle);
        }

        Heap.Free(file);
    }
}
