// SPDX-License-Identifier: MIT
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Memory;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel.Swap;

/// <summary>Something to be done with the swap file for a VM, which does not run until it is done. Its worker uses it
/// again and again.</summary>
internal sealed class SwapJob(Worker home)
{
    private const int Waiting = 0;
    private const int Begun = 1;
    private const int CalledOff = 2;

    private int _progress;

    /// <summary>The worker that owns the VM, and this.</summary>
    internal Worker Home { get; } = home;

    /// <summary>What is to be done.</summary>
    internal SwapJobKind Kind { get; private set; }

    /// <summary>The VM's index.</summary>
    internal int Index { get; private set; }

    /// <summary>What the file is to say of the VM, or who it is.</summary>
    internal SwapEntry Entry;

    /// <summary>What the VM had to do with the file before.</summary>
    internal SwapState Before { get; set; }

    /// <summary>What the VM was made of.</summary>
    internal LoadedImage? Image { get; set; }

    /// <summary>The VM's chain: what is written, or what was read.</summary>
    internal long Chain { get; set; }

    /// <summary>Where the VM is in the file.</summary>
    internal SwapPlace Place { get; set; }

    /// <summary>How it went.</summary>
    internal SwapStatus Status { get; private set; }

    /// <summary>Who waits for it to be done, if anybody.</summary>
    internal TaskCompletionSource<bool>? Reply { get; set; }

    /// <summary>Whether it is to be done before those for which nobody waits.</summary>
    internal bool IsUrgent => Kind != SwapJobKind.Write;

    /// <summary>Sets it up.</summary>
    internal void Prepare(SwapJobKind kind, int index)
    {
        Kind = kind;
        Index = index;
        _progress = Waiting;
    }

    /// <summary>Calls it off, if it has not begun. It comes home all the same.</summary>
    internal void CallOff() => Interlocked.CompareExchange(ref _progress, CalledOff, Waiting);

    /// <summary>Does it, on a thread that may wait.</summary>
    internal void Execute(SwapFile file, BlockStore store, SwapStream stream)
    {
        if (Interlocked.CompareExchange(ref _progress, Begun, Waiting) != Waiting)
        {
            Status = SwapStatus.Cancelled;
            return;
        }

        switch (Kind)
        {
            case SwapJobKind.Write:
                // Of a template this takes milliseconds when it is first asked for.
                Entry.Key = Image!.Key;
                Status = file.Write(Index, Entry, Chain, stream, out SwapPlace place);
                Place = place;
                break;

            case SwapJobKind.Read:
                Status = file.Read(Index, Entry.MachineId, Place, store, stream, out long chain);
                Chain = chain;
                break;

            case SwapJobKind.Erase:
                Status = file.Erase(Index);
                break;

            default:
                Status = file.Mark(Index, Entry.Flags, Entry.Pending);
                break;
        }
    }
}
