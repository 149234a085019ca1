// SPDX-License-Identifier: MIT
using System;
using System.Threading.Tasks;

namespace Denali.Kernel.Scheduling;

/// <summary>The wish for something that a worker makes of a VM, which runs on. Any thread.</summary>
/// <typeparam name="T">What is made. Whoever made the wish disposes it.</typeparam>
/// <param name="verb">What is done to the VM, for people.</param>
internal sealed class MachineRequest<T>(string verb)
    where T : class, IDisposable
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with what was made.</summary>
    internal Task<T> Done => _done.Task;

    /// <summary>Whether nobody waits for it any more.</summary>
    internal bool IsOver => _done.Task.IsCompleted;

    /// <summary>It is made.</summary>
    internal void Finish(T result)
    {
        if (!_done.TrySetResult(result))
        {
            result.Dispose();
        }
    }

    /// <summary>It will not be made.</summary>
    internal void Fail(Exception cause) => _ = _done.TrySetException(cause);

    /// <summary>It will not be made, because the VM is gone.</summary>
    internal void FailEnded(ulong machineId) =>
        Fail(new KernelException($"VM {machineId} has ended: only one that runs can be {verb}"));
}
