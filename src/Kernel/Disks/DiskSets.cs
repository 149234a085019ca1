// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Denali.Kernel.Disks;

/// <summary>Lists of disks are the same if they name the same disks in the same order.</summary>
internal sealed class DiskSets : IEqualityComparer<DiskImage[]>
{
    /// <inheritdoc/>
    public bool Equals(DiskImage[]? x, DiskImage[]? y) => x.AsSpan().SequenceEqual(y.AsSpan());

    /// <inheritdoc/>
    public int GetHashCode(DiskImage[] obj)
    {
        var hash = new HashCode();
        foreach (DiskImage disk in obj)
        {
            hash.Add(RuntimeHelpers.GetHashCode(disk));
        }

        return hash.ToHashCode();
    }
}
