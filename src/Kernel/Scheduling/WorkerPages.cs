// SPDX-License-Identifier: MIT
using System;
using System.IO;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Swap;

namespace Denali.Kernel.Scheduling;

/// <summary>
/// Copies the pages that a VM of a worker has of its own, as they are: it is neither woken nor parked for that.
/// </summary>
/// <remarks>Its worker's own. A VM that runs is between two entries here, so its memory stands still.</remarks>
internal sealed class WorkerPages(WorkerContext context, ParkedImage parked)
{
    private const int BatchPages = 64;

    /// <summary>Somebody wants to know a VM's pages.</summary>
    internal void Read(int index, MachineRequest<MachinePages> request)
    {
        if (request.IsOver)
        {
            // Whoever asked has waited long enough. Copying for nobody would make a late worker later.
            return;
        }

        ref MachineRecord record = ref context.Table[index];
        LoadedImage image = context.Images[record.Image];
        Residence residence = Residency.ResidenceOf(record);
        ulong keptBytes = residence switch
        {
            Residence.Bound => 0,
            Residence.Swapped => (ulong)record.SwapBytes,
            _ => record.HeldBytes,
        };
        var pages = new MachinePages(image, residence, keptBytes);
        try
        {
            if (record.Slot != MachineRecord.None)
            {
                Read(context.Slots[record.Slot], pages);
            }
            else if (record.Parked != BlockStore.None)
            {
                parked.Read(record.Parked, image.Base, pages);
            }
            else
            {
                // Without pages it is as what it was made of; unless they are elsewhere.
                pages.IsKnown = record.Swap == SwapState.None;
            }

            request.Finish(pages);
        }
        catch (Exception e) when (e is EngineException or InvalidDataException)
        {
            pages.Dispose();
            request.Fail(new KernelException(e.Message));
        }
    }

    private static void Read(IExecutionSlot slot, MachinePages pages)
    {
        Span<uint> numbers = stackalloc uint[BatchPages];
        Span<byte> contents = stackalloc byte[(int)AddressMap.PageBytes];
        uint next = 0;
        int found;
        do
        {
            found = slot.FindPrivatePages(next, numbers);
            foreach (uint page in numbers[..found])
            {
                if (slot.Memory.TryRead((ulong)page * AddressMap.PageBytes, contents) && !pages.TryAdd(page, contents))
                {
                    return;
                }

                next = page + 1;
            }
        }
        while (found == BatchPages);
    }
}
