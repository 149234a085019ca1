// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Swap;

namespace Denali.Kernel;

/// <summary>VMs that outlive the kernel, in the swap file.</summary>
public sealed partial class IsolationKernel
{
    /// <summary>
    /// The VMs that the swap file held whole when it was opened, by their indices. Each keeps its number and addresses
    /// until it is resumed or forgotten, or for a later kernel.
    /// </summary>
    public IReadOnlyList<SavedMachine> SavedMachines => _swap?.File.Saved ?? [];

    /// <summary>Finds a VM of an earlier kernel.</summary>
    /// <param name="machineId">Its number.</param>
    /// <param name="saved">The VM.</param>
    /// <returns>False if the swap file did not hold it whole, or it was resumed or forgotten since.</returns>
    public bool TryFindSaved(ulong machineId, out SavedMachine saved)
    {
        IReadOnlyList<SavedMachine> all = SavedMachines;
        int index = MachineTable.IndexOf(machineId);
        int low = 0;
        for (int high = all.Count; low < high;)
        {
            int middle = low + ((high - low) / 2);
            (low, high) = MachineTable.IndexOf(all[middle].Id) < index ? (middle + 1, high) : (low, middle);
        }

        saved = low < all.Count && all[low].Id == machineId ? all[low] : default;
        return saved.Id != 0 && _table.IsReserved(machineId);
    }

    /// <summary>
    /// Puts all VMs into the swap file, those that run with their registers. No VM is made or woken from then on;
    /// disposing the kernel leaves the file as it is.
    /// </summary>
    /// <param name="limit">How long it may take. A VM that waits for its disk is waited for.</param>
    /// <returns>Completes with what became of each VM.</returns>
    /// <exception cref="KernelException">There is no swap file, or this was called before.</exception>
    public async Task<SaveReport> SaveAllAsync(TimeSpan limit)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_swap is null)
        {
            throw new KernelException("there is no swap file to save VMs to: name one");
        }

        if (Interlocked.Exchange(ref _isSaving, 1) != 0)
        {
            throw new KernelException("the VMs are being saved already: wait for it");
        }

        ulong deadlineNs = _clock.NowNs + (ulong)Math.Max(limit.TotalNanoseconds, 0);
        var start = new SavingStart(_workers.Length);
        List<UnsavedMachine>[] unsaved = await Task.WhenAll(
            _workers.Select(worker => worker.Saving.BeginAsync(deadlineNs, start))).ConfigureAwait(false);
        SwapStatus flushed = _swap.File.MakeClean();
        List<ulong> saved = ListSwapped();
        var isSaved = saved.ToHashSet();
        return new SaveReport
        {
            Saved = saved,

            // One that was on its way when the time was up may have arrived since.
            Unsaved = [.. unsaved.SelectMany(some => some).Where(one => !isSaved.Contains(one.Id))],
            IsDurable = flushed == SwapStatus.Ok,
        };
    }

    /// <summary>Lets a VM of an earlier kernel go on: under its number and addresses, with its memory as it was. If it
    /// idled, it idles on until something happens for it, or its time comes.</summary>
    /// <param name="saved">The VM, one of <see cref="SavedMachines"/>.</param>
    /// <param name="options">How; its image must have the same key.</param>
    /// <returns>Its number.</returns>
    /// <exception cref="KernelException">It was not let in, was made of something else, or is not in the file any
    /// more.</exception>
    public ulong Resume(SavedMachine saved, MachineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        CheckOpen();
        LoadedImage image = options.Image;
        if (image.Key != saved.TemplateKey)
        {
            throw new KernelException(
                $"VM {saved.Id} was made of another image or template: load that, or forget the VM");
        }

        ulong limit = LimitOf(options);
        if (saved.ChargedBytes > limit)
        {
            throw new KernelException(
                $"the limit of {limit} bytes is below the {saved.ChargedBytes} that the VM has: raise it");
        }

        DeviceCheck.Check(options, isTemplateSource: false);
        AdmitAway(saved, options.Group);
        if (!_table.TryRentReserved(saved.Id, out int index))
        {
            ReleaseAway(saved, options.Group);
            throw new KernelException($"VM {saved.Id} was resumed or forgotten already");
        }

        int imageNumber = MachineRecord.None;
        try
        {
            if (!_swap!.File.TryFind(index, out SwapEntry entry) || entry.MachineId != saved.Id)
            {
                throw new KernelException($"VM {saved.Id} cannot be found in the swap file: mend the disk");
            }

            imageNumber = _images.Acquire(image);
            _table[index].LimitBytes = limit;
            return Resume(index, entry, imageNumber, options);
        }
        catch
        {
            _table.ReserveAgain(index);
            if (imageNumber != MachineRecord.None)
            {
                _images.Release(imageNumber);
            }

            ReleaseAway(saved, options.Group);
            throw;
        }
    }

    /// <summary>Takes a VM of an earlier kernel out of the swap file.</summary>
    /// <param name="saved">The VM; nothing happens if it was resumed or forgotten.</param>
    /// <exception cref="KernelException">The device refuses.</exception>
    public void Forget(SavedMachine saved)
    {
        if (!_table.TryRelease(saved.Id))
        {
            return;
        }

        if (_swap!.File.Erase(MachineTable.IndexOf(saved.Id)) != SwapStatus.Ok)
        {
            throw new KernelException($"VM {saved.Id} cannot be taken out of the swap file: mend the disk");
        }
    }

    /// <summary>Lets a VM in whose memory is in the swap file.</summary>
    private void AdmitAway(SavedMachine saved, MachineGroup? group)
    {
        if (!_gatekeeper.TryAdmit(0, out string refusal))
        {
            throw new KernelException(refusal);
        }

        if (group is not null && !group.TryAdmit(saved.ChargedBytes, out refusal))
        {
            _gatekeeper.Release(0);
            throw new KernelException(refusal);
        }
    }

    private void ReleaseAway(SavedMachine saved, MachineGroup? group)
    {
        group?.Release(saved.ChargedBytes);
        _gatekeeper.Release(0);
    }

    private ulong Resume(int index, in SwapEntry entry, int imageNumber, MachineOptions options)
    {
        ref MachineRecord record = ref _table[index];
        record.Image = imageNumber;
        record.HasNetwork = options.Network is not null;
        record.UsesDhcp = options.Network is { UseDhcp: true };
        record.HasDisks = options.Disks.Count > 0;
        record.ChargedBytes = entry.ChargedBytes;
        record.CpuNs = entry.CpuNs;
        record.ExitCount = entry.ExitCount;
        record.IsFresh = (entry.Flags & SwapEntryFlags.Fresh) != 0;
        record.Interrupted = (entry.Flags & SwapEntryFlags.Interrupted) != 0;
        record.IsToRun = (entry.Flags & SwapEntryFlags.Runnable) != 0;
        record.HasUsedDisks = (entry.Flags & SwapEntryFlags.UsedDisks) != 0;
        record.IsResumed = true;
        record.Pending = entry.Pending;
        record.DeadlineNs = entry.DeadlineNs;
        record.Swap = SwapState.Swapped;
        record.SwapBlock = entry.Run0.First;
        record.SwapBytes = entry.RecordBytes;
        _table.Equip(index, options.Observer, options.Disks, options.Group);
        _swap!.AddMachines(1);
        bool idles = !record.IsToRun
            && record.Pending == InterruptBits.None
            && record.DeadlineNs == InstructionPage.Never;
        try
        {
            return HandOver(index, options.Network, startsWhenNeeded: idles);
        }
        catch
        {
            _swap.AddMachines(-1);
            throw;
        }
    }

    private List<ulong> ListSwapped()
    {
        var ids = new List<ulong>();
        for (int index = 0; index < _table.HighWater; index++)
        {
            ref MachineRecord record = ref _table[index];
            if (record.State != MachineState.Free
                && record.State != MachineState.Ended
                && record.Swap == SwapState.Swapped)
            {
                ids.Add(record.MachineId);
            }
        }

        return ids;
    }

    private void CheckOpen()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Volatile.Read(ref _isSaving) != 0)
        {
            throw new KernelException("the kernel is about to stop: start the VM with the next one");
        }
    }
}
