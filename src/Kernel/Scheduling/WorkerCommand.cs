// SPDX-License-Identifier: MIT
using System;
using System.Threading.Tasks;
using Denali.Hardware;
using Denali.Kernel.Disks;
using Denali.Kernel.Memory;
using Denali.Kernel.Swap;

namespace Denali.Kernel.Scheduling;

/// <summary>What another thread asks of a worker.</summary>
internal readonly struct WorkerCommand
{
    /// <summary>Which VM.</summary>
    internal required int Index { get; init; }

    /// <summary>Its number: if the record holds another VM by now, the command is void.</summary>
    internal required ulong MachineId { get; init; }

    /// <summary>What to do.</summary>
    internal required WorkerCommandKind Kind { get; init; }

    /// <summary>Interrupts to post.</summary>
    internal InterruptBits Interrupts { get; init; }

    /// <summary>A disk request that is done.</summary>
    internal DiskJob? Job { get; init; }

    /// <summary>Who wants a template.</summary>
    internal MachineRequest<LoadedImage>? Capture { get; init; }

    /// <summary>Who wants to know its pages.</summary>
    internal MachineRequest<MachinePages>? Pages { get; init; }

    /// <summary>Something that is done with the swap file.</summary>
    internal SwapJob? SwapJob { get; init; }

    /// <summary>Who waits for an answer.</summary>
    internal TaskCompletionSource<bool>? Reply { get; init; }

    /// <summary>Console output that a VM brings along, see <see cref="WaitingOutput"/>.</summary>
    internal byte[]? Output { get; init; }

    /// <summary>Console input.</summary>
    internal ReadOnlyMemory<byte> Input { get; init; }
}
