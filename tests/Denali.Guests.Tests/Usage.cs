// SPDX-License-Identifier: MIT
using System;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>What this process holds at a moment. What grows from one to a later one is a leak.</summary>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="OpenFiles">Open file descriptors.</param>
/// <param name="Regions">Memory regions.</param>
internal sealed record Usage(long ResidentBytes, int OpenFiles, int Regions)
{
    // The managed heap breathes; and VMs that happen to end late cost a few more slots, each of three files and some
    // regions. What every VM leaves behind is many times as much.
    private const long BytesMargin = 32 << 20;
    private const int FilesMargin = 60;
    private const int RegionsMargin = 200;

    internal static Usage Now()
    {
        // Only the aggressive kind gives memory back to the system.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return new Usage(ProcessStatus.ResidentBytes, ProcessStatus.OpenFiles, ProcessStatus.Regions);
    }

    /// <summary>Asserts that this is not more than at an earlier moment.</summary>
    internal void AssertNotAbove(Usage before)
    {
        Assert.InRange(ResidentBytes, 0, before.ResidentBytes + BytesMargin);
        Assert.InRange(OpenFiles, 0, before.OpenFiles + FilesMargin);
        Assert.InRange(Regions, 0, before.Regions + RegionsMargin);
    }
}
