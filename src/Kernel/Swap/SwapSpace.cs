// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Kernel.Memory;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel.Swap;

/// <summary>What the workers share of swapping. Any thread.</summary>
internal sealed class SwapSpace : IDisposable
{
    private readonly BlockStore _parked;
    private readonly ulong _parkedLimit;
    private long _leaving;
    private int _machines;
    private int _unreadable;
    private bool _isRefusing;

    /// <summary>Opens the swap file.</summary>
    /// <exception cref="KernelException">It cannot be used.</exception>
    internal SwapSpace(SwapOptions options, BlockStore parked, ulong parkedLimitBytes)
    {
        _parked = parked;
        _parkedLimit = parkedLimitBytes;
        File = new SwapFile(options.Device ?? new FileSwapDevice(options.Path), options.MaxBytes, HostBoot.Id());
        Threads = new JobThreads<SwapJob>("denali-swap", PrepareThread);
    }

    internal SwapFile File { get; }

    /// <summary>The threads that wait for the file.</summary>
    internal JobThreads<SwapJob> Threads { get; }

    /// <summary>VMs that are in the file.</summary>
    internal int Machines => Volatile.Read(ref _machines);

    /// <summary>VMs that are wanted and could not be read so far.</summary>
    internal int Unreadable => Volatile.Read(ref _unreadable);

    /// <summary>Whether there is more parked in memory than there should be, but for what is on its way out.</summary>
    internal bool IsOverLimit => (ulong)(_parked.Bytes - Volatile.Read(ref _leaving)) > _parkedLimit;

    /// <summary>Whether there is more parked in memory than there should be, whatever is on its way out.</summary>
    internal bool IsFull => (ulong)_parked.Bytes > _parkedLimit;

    /// <summary>Whether VMs that are to go to the file stay here, because it is full or its device refuses.</summary>
    internal bool IsRefusing
    {
        get => Volatile.Read(ref _isRefusing);
        set => Volatile.Write(ref _isRefusing, value);
    }

    /// <summary>Some bytes are on their way out, or not any more.</summary>
    internal void AddLeaving(long bytes) => Interlocked.Add(ref _leaving, bytes);

    /// <summary>A VM came into the file, or left it.</summary>
    internal void AddMachines(int count) => Interlocked.Add(ref _machines, count);

    /// <summary>A VM could not be read, or has been, or is not wanted any more.</summary>
    internal void AddUnreadable(int count) => Interlocked.Add(ref _unreadable, count);

    public void Dispose()
    {
        Threads.Dispose();
        File.Dispose();
    }

    private Action<SwapJob> PrepareThread()
    {
        var stream = new SwapStream();
        return job =>
        {
            job.Execute(File, _parked, stream);
            job.Home.Post(new WorkerCommand
            {
                Index = job.Index,
                MachineId = job.Entry.MachineId,
                Kind = WorkerCommandKind.SwapDone,
                SwapJob = job,
            });
        };
    }
}
