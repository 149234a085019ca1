// SPDX-License-Identifier: MIT
using System;
using Denali.Linux.Interop;

namespace Denali.Linux;

/// <summary>
/// Which pages of this process are private: present, or swapped out by the host, and not a file's (Linux
/// Documentation/admin-guide/mm/pagemap.rst). Any thread.
/// </summary>
/// <remarks>
/// The file is read rather than asked with PAGEMAP_SCAN: that exists since Linux 6.7 only, and for ranges as short as
/// those of a VM it takes as long.
/// </remarks>
public sealed unsafe class PageMap : IDisposable
{
    private const int PageShift = 12;
    private const int BatchPages = 512;
    private const ulong IsFile = 1UL << 61;
    private const ulong IsThere = 3UL << 62; // present or swapped

    private readonly FileDescriptor _file = FileDescriptor.OpenReadOnly("/proc/self/pagemap");

    /// <summary>Finds private pages in a part of a region.</summary>
    /// <param name="region">The region.</param>
    /// <param name="firstPage">First page to look at, counted from the region's start.</param>
    /// <param name="pageCount">How many pages to look at.</param>
    /// <param name="pages">Gets their numbers, ascending. As long as <paramref name="pageCount"/> it takes all.</param>
    /// <returns>How many were found; the search ends when <paramref name="pages"/> is full.</returns>
    /// <exception cref="LinuxException">The host refused.</exception>
    public int FindPrivate(MappedRegion region, uint firstPage, uint pageCount, Span<uint> pages)
    {
        ArgumentNullException.ThrowIfNull(region);
        ulong end = region.Bytes >> PageShift;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstPage + (ulong)pageCount, end, nameof(pageCount));
        ulong* entries = stackalloc ulong[BatchPages];
        int found = 0;
        for (uint done = 0; done < pageCount && found < pages.Length;)
        {
            uint batch = Math.Min(pageCount - done, BatchPages);
            uint first = firstPage + done;
            Read(((ulong)region.Address >> PageShift) + first, entries, batch);
            for (uint i = 0; i < batch && found < pages.Length; i++)
            {
                if ((entries[i] & IsThere) != 0 && (entries[i] & IsFile) == 0)
                {
                    pages[found++] = first + i;
                }
            }

            done += batch;
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Read(ulong page, ulong* entries, uint count)
    {
        nuint bytes = count * sizeof(ulong);

        // SAFETY: the caller's buffer holds that many entries.
        nint read = Libc.pread(_file.Fd, (byte*)entries, bytes, (long)(page * sizeof(ulong)));
        if (read != (nint)bytes)
        {
            throw read < 0
                ? LinuxException.FromLastError("reading /proc/self/pagemap")
                : new LinuxException("reading all of /proc/self/pagemap", 0);
        }
    }
}
