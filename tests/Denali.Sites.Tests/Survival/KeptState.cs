// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Denali.Control.State;
using Denali.Kernel.Machines;
using Denali.Kernel.Swap;

namespace Denali.Sites.Tests.Survival;

/// <summary>What a state folder says of VMs while no kernel uses it. Nothing in it is changed.</summary>
/// <param name="folder">The folder.</param>
/// <param name="scratch">A folder for copies.</param>
internal sealed class KeptState(string folder, string scratch)
{
    private const string CatalogueName = "catalogue.db";

    /// <summary>The sites whose VM is in the swap file.</summary>
    internal HashSet<string> FindSaved()
    {
        if (!File.Exists(Path.Combine(folder, CatalogueName)))
        {
            return [];
        }

        // Whoever opens it puts its log into it, and that is the next kernel's affair.
        string copy = Directory.CreateDirectory(scratch).FullName;
        foreach (string path in Directory.GetFiles(folder, CatalogueName + "*"))
        {
            File.Copy(path, Path.Combine(copy, Path.GetFileName(path)));
        }

        HashSet<string> saved;
        using (Catalogue catalogue = Catalogue.Open(Path.Combine(copy, CatalogueName)))
        {
            saved = [.. catalogue.Read().Where(row => IsInFile(row.Machine))
                .Select(row => row.Definition.Name)];
        }

        Directory.Delete(copy, recursive: true);
        return saved;
    }

    private bool IsInFile(ulong machine)
    {
        string path = Path.Combine(folder, "swap");
        if (machine == 0 || !File.Exists(path))
        {
            return false;
        }

        using FileStream file = File.OpenRead(path);
        Span<byte> bytes = stackalloc byte[SwapEntry.SizeBytes];
        int read = RandomAccess.Read(
            file.SafeFileHandle, bytes, SwapLayout.EntryOffset(MachineTable.IndexOf(machine)));
        return read == bytes.Length && SwapEntry.TryRead(bytes, out SwapEntry entry) && entry.MachineId == machine;
    }
}
