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
    /// <returns>Completes with the pages; the caller disposes them.</returns>
    /// <exception cref="KernelException">The VM has ended, its worker has more urgent work, or the host cannot
    /// tell.</exception>
    public async Task<MachinePages> ReadPagesAsync(ulong machineId, TimeSpan? limit = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        TimeSpan patience = limit ?? CaptureLimit;
        var request = new MachineRequest<MachinePages>("looked into");
        if (!_table.TryFind(machineId, out int index))
        {
            request.FailEnded(machineId);
        }
        else
        {
            _workers[Volatile.Read(ref _table[index].Worker)].Post(new WorkerCommand
            {
                Index = index,
                MachineId = machineId,
                Kind = WorkerCommandKind.ReadPages,
                Pages = request,
            });
        }

        _ = await Task.WhenAny(request.Done, Task.Delay(patience)).ConfigureAwait(false);
        request.Fail(new KernelException(
            $"VM {machineId} was not looked into within {patience.TotalSeconds} s: try again later"));
        return await request.Done.ConfigureAwait(false);
    }
}
