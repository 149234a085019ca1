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
            if (_ready.TryTake(out Moment moment, TimeSpan.FromMilliseconds(100)))
            {
                moments.Add(moment);
            }
            else if (_ended.TryTake(out MachineExit? exit))
            {
                throw new InvalidOperationException(
                    $"VM {exit.MachineId} ended ({exit.Cause}, code {exit.Code}) before it was ready {count} times");
            }
        }

        return moments;
    }

    /// <summary>Waits for VMs to end.</summary>
    /// <param name="count">How many.</param>
    internal List<MachineExit> WaitEnded(int count)
    {
        var exits = new List<MachineExit>(count);
        while (exits.Count < count)
        {
            exits.Add(_ended.Take());
        }

        return exits;
    }
}
