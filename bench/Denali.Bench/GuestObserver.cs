// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using Denali.Kernel.Machines;
using Denali.Linux;

namespace Denali.Bench;

/// <summary>Notes when VMs report ready, on the worker's thread, with what that thread has allocated by then.</summary>
internal sealed class GuestObserver : IMachineObserver
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly BlockingCollection<Moment> _ready = [];
    private readonly BlockingCollection<MachineExit> _ended = [];
    private readonly TimestampCounter _counter = new();

    /// <summary>When a VM reported ready.</summary>
    /// <param name="MachineId">The VM.</param>
    /// <param name="Ticks">Time stamp counter.</param>
    /// <param name="AllocatedBytes">Bytes that the worker's thread had allocated.</param>
    internal readonly record struct Moment(ulong MachineId, ulong Ticks, long AllocatedBytes);

    public int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) => output.Length;

    public void OnReady(ulong machineId)
    {
        ulong ticks = _counter.Read();
        _ready.Add(new Moment(machineId, ticks, GC.GetAllocatedBytesForCurrentThread()));
    }

    public void OnEnded(MachineExit exit) => _ended.Add(exit);

    /// <summary>Waits for ready reports.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The reports in order.</returns>
    internal List<Moment> WaitReady(int count)
    {
        var moments = new List<Moment>(count);
        while (moments.Count < count)
        {
            if (!_ready.TryTake(out Moment moment, s_patience))
            {
                throw new InvalidOperationException(
                    $"{moments.Count} of {count} ready reports came, and none for {s_patience}; "
                    + $"{_ended.Count} VMs have ended");
            }

            moments.Add(moment);
        }

        return moments;
    }

    /// <summary>Waits for VMs to end.</summary>
    /// <param name="count">How many.</param>
    internal void WaitEnded(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (!_ended.TryTake(out MachineExit? exit, s_patience))
            {
                throw new InvalidOperationException($"{i} of {count} VMs ended, and none for {s_patience}");
            }

            if (exit.Cause != ExitCause.Terminated)
            {
                throw new InvalidOperationException($"VM {exit.MachineId} ended: {exit.Cause}");
            }
        }
    }
}
