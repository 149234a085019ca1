// SPDX-License-Identifier: MIT
using System;
using System.Threading.Tasks;

namespace Denali.Kernel.Scheduling;

/// <summary>The wish for a template of a VM that runs on. Any thread.</summary>
internal sealed class MachineCapture
{
    private readonly TaskCompletionSource<LoadedImage> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the template.</summary>
    internal Task<LoadedImage> Done => _done.Task;

    /// <summary>Whether nobody waits for it any more.</summary>
    internal bool IsOver => _done.Task.IsCompleted;

    /// <summary>The template is made.</summary>
    internal void Finish(LoadedImage template)
    {
        if (!_done.TrySetResult(template))
        {
            template.Dispose();
        }
    }

    /// <summary>There will be none.</summary>
    internal void Fail(Exception cause) => _ = _done.TrySetException(cause);

    /// <summary>There will be none, because the VM is gone.</summary>
    internal void FailEnded(ulong machineId) =>
        Fail(new KernelException($"VM {machineId} has ended: only one that runs can be captured"));
}
