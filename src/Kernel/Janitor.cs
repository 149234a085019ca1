// SPDX-License-Identifier: MIT
using System.Collections.Concurrent;
using System.Threading;
using Denali.Engine;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Scheduling;
using Denali.Kernel.Swap;

namespace Denali.Kernel;

/// <summary>
/// Clears up after VMs that ended, on a thread of its own: giving gigabytes back to the host takes longer than any
/// other VM should wait, and observers may do what they like.
/// </summary>
internal sealed class Janitor
{
    private readonly BlockingCollection<(int Index, MachineExit Exit, ulong HeldBytes)> _ended = [];
    private readonly MachineTable _table;
    private readonly SlotPool _slots;
    private readonly IGatekeeper _gatekeeper;
    private readonly BlockStore _parked;
    private readonly ImageTable _images;
    private readonly SwapSpace? _swap;
    private readonly Thread _thread;

    internal Janitor(
        MachineTable table,
        SlotPool slots,
        IGatekeeper gatekeeper,
        BlockStore parked,
        ImageTable images,
        SwapSpace? swap)
    {
        _swap = swap;
        _parked = parked;
        _images = images;
        _table = table;
        _slots = slots;
        _gatekeeper = gatekeeper;
        _thread = new Thread(Run) { Name = "denali-janitor", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Hands over a VM that ended. Its worker does not touch it any more.</summary>
    /// <param name="index">The VM.</param>
    /// <param name="exit">How it ended.</param>
    /// <param name="heldBytes">What the gatekeeper holds for it.</param>
    internal void Add(int index, MachineExit exit, ulong heldBytes) => _ended.Add((index, exit, heldBytes));

    /// <summary>Finishes what was handed over, and stops.</summary>
    internal void Stop()
    {
        _ended.CompleteAdding();
        _thread.Join();
        _ended.Dispose();
    }

    private void Run()
    {
        foreach ((int index, MachineExit exit, ulong heldBytes) in _ended.GetConsumingEnumerable())
        {
            IMachineObserver observer = _table.Observer(index);
            int slot = _table[index].Slot;
            if (exit.Cause == ExitCause.Captured)
            {
                ((ITemplateObserver)observer).Capture(_slots[slot], _table[index]);
            }

            int image = _table[index].Image;
            _parked.Free(_table[index].Parked);
            SwapState swap = _table[index].Swap;
            if (exit.Cause != ExitCause.Saved && swap is not (SwapState.None or SwapState.Leaving))
            {
                // If the device refuses, the file does it later. Should it never come to that, a later kernel finds the
                // VM once more; it has not run since.
                _ = _swap!.File.Erase(index);
                _swap.AddMachines(swap == SwapState.Swapped ? -1 : 0);
            }

            if (slot != MachineRecord.None)
            {
                GiveBack(slot);
            }

            _table.Group(_table[index])?.Release(exit.ChargedBytes);
            _table.Return(index);
            _gatekeeper.Release(heldBytes);
            _images.Release(image);
            _slots.Tell();
            observer.OnEnded(exit);
        }
    }

    private void GiveBack(int slot)
    {
        try
        {
            _slots[slot].Unbind();
        }
        catch (EngineException)
        {
            // The host could not clear it. Nothing of this VM may reach another: the slot goes with its memory.
            _slots.Discard(slot);
            return;
        }

        _slots.Return(slot);
    }
}
