// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Denali.Hardware;
using Denali.Linux;

namespace Denali.Kvm;

/// <summary>A memory base for KVM: sealed memory of the image, and sealed memory of the monitor area.</summary>
internal sealed class KvmMemoryBase : IMemoryBase
{
    /// <summary>Guest address of the first byte of <see cref="Contents"/>.</summary>
    internal const ulong ContentsBase = AddressMap.RegisterPageBase;

    internal KvmMemoryBase(BaseDescription description)
    {
        Description = description;
        ulong end = AddressMap.ImageBase;
        ulong charged = 2 * AddressMap.PageBytes;
        foreach (BaseRegion region in description.Regions)
        {
            end = Math.Max(end, PageEnd(region.Address + (ulong)region.Contents.Length));
            if (region.Permissions.HasFlag(Permissions.Write))
            {
                charged += PageEnd(region.MemoryBytes);
            }
        }

        ChargedBytes = charged;
        Contents = SharedMemoryFile.Create("denali-image", end - ContentsBase, FillContents);
        ulong monitorBytes = MonitorLayout.TotalBytes(description.MemoryBytes);
        Monitor = SharedMemoryFile.Create("denali-monitor", monitorBytes, FillMonitor);
    }

    public BaseDescription Description { get; }

    public ulong ChargedBytes { get; }

    /// <summary>Guest memory from <see cref="ContentsBase"/> to the last byte that is not zero from the
    /// start.</summary>
    internal SharedMemoryFile Contents { get; }

    /// <summary>The monitor area.</summary>
    internal SharedMemoryFile Monitor { get; }

    public void Dispose()
    {
        Contents.Dispose();
        Monitor.Dispose();
    }

    private static ulong PageEnd(ulong value) =>
        (value + AddressMap.PageBytes - 1) & ~(ulong)(AddressMap.PageBytes - 1);

    private void FillContents(MappedRegion memory)
    {
        InstructionPageCode.Write(
            memory.Slice(AddressMap.InstructionPageBase - ContentsBase, (int)AddressMap.PageBytes));
        foreach (BaseRegion region in Description.Regions)
        {
            region.Contents.Span.CopyTo(memory.Slice(region.Address - ContentsBase, region.Contents.Length));
        }
    }

    private void FillMonitor(MappedRegion memory) =>
        new MonitorAreaBuilder(memory.Slice(0, (int)memory.Bytes)).Build(Description);
}
