// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Kernel.Machines;
using Denali.Kernel.Templates;

namespace Denali.Kernel.Scheduling;

/// <summary>
/// Makes templates of VMs of a worker, which run on. Each is captured where it idles, because there it is nothing but
/// its memory; and with nothing under way, or its clones would find answers to what they never asked.
/// </summary>
/// <remarks>Its worker's own. What it copies is what the VM has in memory: some milliseconds for most.</remarks>
internal sealed class WorkerCaptures(Worker worker, WorkerContext context)
{
    /// <summary>How soon a VM that idles with something under way is looked at again.</summary>
    private const ulong LookNs = 1_000_000;

    private readonly Dictionary<int, MachineRequest<LoadedImage>> _waiting = [];

    /// <summary>Somebody wants a template of a VM.</summary>
    internal void Add(int index, MachineRequest<LoadedImage> capture)
    {
        if (_waiting.TryGetValue(index, out MachineRequest<LoadedImage>? other) && !other.IsOver)
        {
            capture.Fail(new KernelException("the VM is being captured already: wait until that is done"));
            return;
        }

        _waiting[index] = capture;
        OnIdle(index);
    }

    /// <summary>A VM may idle now: captures it, if that is wanted.</summary>
    internal void OnIdle(int index)
    {
        ref MachineRecord record = ref context.Table[index];
        bool idles = record.State == MachineState.Idle && !record.IsToRun;
        if (_waiting.Count == 0 || !idles || !_waiting.TryGetValue(index, out var capture))
        {
            return;
        }

        if (capture.IsOver)
        {
            _ = _waiting.Remove(index);
        }
        else if (record.Slot == MachineRecord.None)
        {
            // It comes back here when it has a slot and finds nothing to do.
            worker.Wake(index);
        }
        else if (worker.Residency.IsQuiet(index))
        {
            _ = _waiting.Remove(index);
            Capture(index, ref record, capture);
        }
        else
        {
            worker.WakeSoon(index, context.Clock.NowNs + LookNs);
        }
    }

    /// <summary>A VM ended.</summary>
    internal void OnEnded(int index)
    {
        if (_waiting.Remove(index, out MachineRequest<LoadedImage>? capture))
        {
            capture.FailEnded(context.Table[index].MachineId);
        }
    }

    /// <summary>A VM goes to another worker: its capture is to go along.</summary>
    /// <returns>The capture, or null.</returns>
    internal MachineRequest<LoadedImage>? Take(int index) =>
        _waiting.Remove(index, out MachineRequest<LoadedImage>? capture) && !capture.IsOver ? capture : null;

    private void Capture(int index, ref MachineRecord record, MachineRequest<LoadedImage> capture)
    {
        LoadedImage image = context.Images[record.Image];
        try
        {
            IMemoryBase state = context.Slots[record.Slot].Capture(record.ChargedBytes);
            capture.Finish(image.MakeBooted(state, new TemplateFacts
            {
                HasNetwork = record.HasNetwork,
                HasDisks = record.HasDisks,
                DiskSectors = record.HasUsedDisks
                    ? [.. context.Table.Disks(index)!.Select(disk => disk.SectorCount)]
                    : null,
                Arguments = image.BootArguments,
                CapturedNs = context.Clock.NowNs,
            }));
        }
        catch (EngineException e)
        {
            capture.Fail(e);
        }
    }
}
