// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Hardware;
using Denali.Kernel.Scheduling;
using Denali.Linux;

namespace Denali.Kernel.Disks;

/// <summary>
/// A disk request on its way, with a buffer of its own: the thread that reads never touches a VM's memory, which may be
/// another VM's by the time it is done. Used again and again by its worker.
/// </summary>
internal sealed class DiskJob(Worker home)
{
    /// <summary>Bytes of the largest request.</summary>
    internal const int BufferBytes = (int)(DiskRequest.SectorMax * DiskEntry.SectorBytes);

    private byte[]? _buffer;

    /// <summary>The worker that it belongs to.</summary>
    internal Worker Home { get; } = home;

    /// <summary>The VM's index.</summary>
    internal int Index { get; set; }

    /// <summary>The VM's number.</summary>
    internal ulong MachineId { get; set; }

    /// <summary>The disk.</summary>
    internal DiskImage? Disk { get; set; }

    /// <summary>A checked copy of the request.</summary>
    internal DiskRequest Request { get; set; }

    /// <summary>How it went.</summary>
    internal DiskStatus Status { get; set; }

    /// <summary>The VM has been told, or is gone: the job is on its way home.</summary>
    internal bool IsDelivered { get; set; }

    /// <summary>The data; of reads and writes only. Made when first needed.</summary>
    internal Span<byte> Data =>
        (_buffer ??= GC.AllocateUninitializedArray<byte>(BufferBytes))
            .AsSpan(0, (int)(Request.SectorCount * DiskEntry.SectorBytes));

    /// <summary>Carries out a read of what the host has in memory, without waiting for anything.</summary>
    /// <returns>False if it is to be carried out by a thread that may wait.</returns>
    internal bool TryReadCached()
    {
        if (Request.Operation != DiskOperation.Read || !Disk!.HasCache)
        {
            return false;
        }

        try
        {
            long offset = (long)(Request.Sector * DiskEntry.SectorBytes);
            bool isRead = CachedFile.TryRead(Disk.Handle, Data, offset, out bool isPossible);
            if (!isPossible)
            {
                Disk.HasCache = false;
            }

            return isRead;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Carries it out, on whatever thread.</summary>
    internal void Execute()
    {
        try
        {
            Status = Transfer() ? DiskStatus.Ok : DiskStatus.InputOutput;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Status = DiskStatus.InputOutput;
        }
    }

    private bool Transfer()
    {
        long offset = (long)(Request.Sector * DiskEntry.SectorBytes);
        switch (Request.Operation)
        {
            case DiskOperation.Read:
                return TryRead(Data, offset);

            case DiskOperation.Write:
                RandomAccess.Write(Disk!.Handle, Data, offset);
                return true;

            case DiskOperation.Discard:
                Data.Clear();
                RandomAccess.Write(Disk!.Handle, Data, offset);
                return true;

            default:
                if (!Disk!.IsReadOnly)
                {
                    RandomAccess.FlushToDisk(Disk.Handle);
                }

                return true;
        }
    }

    // Somebody may have cut the file off: then there is nothing at its end.
    private bool TryRead(Span<byte> rest, long offset)
    {
        while (!rest.IsEmpty)
        {
            int count = RandomAccess.Read(Disk!.Handle, rest, offset);
            if (count == 0)
            {
                return false;
            }

            rest = rest[count..];
            offset += count;
        }

        return true;
    }
}
