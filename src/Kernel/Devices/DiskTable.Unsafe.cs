// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Denali.Hardware;
using Denali.Kernel.Disks;

namespace Denali.Kernel.Devices;

/// <summary>The disk table of a VM's register page.</summary>
internal static class DiskTable
{
    /// <summary>Fills it in.</summary>
    /// <param name="page">The register page.</param>
    /// <param name="disks">The VM's disks, at most <see cref="DiskEntry.MaxCount"/>.</param>
    internal static void Describe(ref RegisterPage page, IReadOnlyList<DiskImage> disks)
    {
        page.DiskCount = (uint)disks.Count;

        // SAFETY: the layout of the register page has room for so many entries behind the first; a test checks it.
        Span<DiskEntry> table = MemoryMarshal.CreateSpan(ref page.Disk0, (int)DiskEntry.MaxCount);
        for (int i = 0; i < disks.Count; i++)
        {
            table[i].SectorCount = disks[i].SectorCount;
            table[i].Flags = disks[i].IsReadOnly ? DiskEntry.ReadOnlyFlag : 0;
        }
    }
}
