// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;
using Denali.Control.Disks;

namespace Denali.Control.Sites;

/// <summary>Turns what a site is made of into a disk.</summary>
internal static class SiteSource
{
    /// <summary>Tells what is there now: another number after it has changed.</summary>
    /// <exception cref="ControlException">It cannot be read.</exception>
    internal static UInt128 Fingerprint(SiteDefinition definition)
    {
        if (!definition.IsImage)
        {
            return DirectoryFingerprint.Compute(definition.Source);
        }

        try
        {
            var file = new FileInfo(definition.Source);
            return new UInt128((ulong)file.Length, (ulong)file.LastWriteTimeUtc.Ticks);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ControlException(
                $"the disk image '{definition.Source}' cannot be read ({e.Message}): put it back, or destroy the site",
                e);
        }
    }

    /// <summary>Finds the disk, or makes it.</summary>
    /// <param name="definition">What the site is made of.</param>
    /// <param name="fingerprint">What is there.</param>
    /// <param name="cache">Images of directories.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="ControlException">It cannot be made.</exception>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    internal static string Disk(
        SiteDefinition definition, UInt128 fingerprint, DiskImageCache cache, CancellationToken cancellation) =>
        definition.IsImage ? definition.Source : cache.Get(definition.Source, fingerprint, cancellation);
}
