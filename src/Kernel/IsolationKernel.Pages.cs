// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Memory;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel;

/// <summary>What VMs have of their own.</summary>
public sealed partial class IsolationKernel
{
    /// <summary>Copies the pages in which a VM's memory differs from what the VM was made of. It runs on, and stays
    /// where it is.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="limit">How long to wait for its worker; by default <see cref="CaptureLimit"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Completes with the pages; the caller disposes them.</returns>
    /// <exception cref="KernelException">The VM has ended, its worker has more urgent work, or the host cannot
    /// tell.</exception>
    /// <exception cref="OperationCanceledException">It was given up; then nothing is copied any more.</exception>
    public async Task<MachinePages> ReadPagesAsync(
        ulong machineId, TimeSpan? limit = null, CancellationToken cancellation = default)
    {
        TimeSpan patience = limit ?? CaptureLimit;
        var request = new MachineRequest<MachinePages>("looked into");
        return await AskAsync(
            machineId,
            request,
            index => new WorkerCommand
            {
                Index = index,
                MachineId = machineId,
                Kind = WorkerCommandKind.ReadPages,
                Pages = request,
            },
            patience,
            $"VM {machineId} was not looked into within {patience.TotalSeconds} s: try again later",
            cancellation)
            .ConfigureAwait(false);
    }

    /// <summary>Asks a VM's worker for something, and waits for it.</summary>
    /// <param name="machineId">The VM.</param>
    /// <param name="request">What is wished.</param>
    /// <param name="commandTo">Makes the command, of the VM's index.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="late">What is said when that is over.</param>
    /// <param name="cancellation">Gives up.</param>
    private async Task<T> AskAsync<T>(
        ulong machineId,
        MachineRequest<T> request,
        Func<int, WorkerCommand> commandTo,
        TimeSpan patience,
        string late,
        CancellationToken cancellation = default)
        where T : class, IDisposable
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_table.TryFind(machineId, out int index))
        {
            request.FailEnded(machineId);
        }
        else
        {
            _workers[Volatile.Read(ref _table[index].Worker)].Post(commandTo(index));
        }

        try
        {
            return await request.Done.WaitAsync(patience, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // What is made at this very moment is had all the same.
            request.Fail(e is TimeoutException ? new KernelException(late) : e);
            return await request.Done.ConfigureAwait(false);
        }
    }
}
