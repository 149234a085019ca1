// SPDX-License-Identifier: MIT
using System;
using System.IO;

namespace Denali.Kernel.Swap;

/// <summary>Tells one run of the host's kernel from the next.</summary>
internal static class HostBoot
{
    private const string Path = "/proc/sys/kernel/random/boot_id";

    /// <summary>The number of this run; a new one each time if the host does not tell, so that nothing is believed that
    /// need not be.</summary>
    internal static Guid Id()
    {
        try
        {
            return Guid.TryParse(File.ReadAllText(Path).Trim(), out Guid id) ? id : Guid.NewGuid();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Guid.NewGuid();
        }
    }
}
