// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>Keeps all that it is told.</summary>
internal sealed class TestObserver : IMachineObserver
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<MachineExit>> _exits = new();
    private readonly List<byte> _output = [];
    private int _room = int.MaxValue;
    private int _inputTaken;

    /// <summary>How many bytes of output are still taken.</summary>
    internal int Room
    {
        get => Volatile.Read(ref _room);
        set => Volatile.Write(ref _room, value);
    }

    internal ConcurrentQueue<ulong> Ready { get; } = new();

    /// <summary>Numbers of the VMs that ended, as often as that was told.</summary>
    internal ConcurrentQueue<ulong> Ended { get; } = new();

    /// <summary>Bytes of input that VMs' rings took.</summary>
    internal int InputTaken => Volatile.Read(ref _inputTaken);

    internal byte[] Output
    {
        get
        {
            lock (_output)
            {
                return [.. _output];
            }
        }
    }

    public int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output)
    {
        int taken = Math.Min(output.Length, Room);
        Room -= Room == int.MaxValue ? 0 : taken;
        lock (_output)
        {
            _output.AddRange(output[..taken]);
        }

        return taken;
    }

    public void OnConsoleInputTaken(ulong machineId, int bytes) => Interlocked.Add(ref _inputTaken, bytes);

    public void OnReady(ulong machineId) => Ready.Enqueue(machineId);

    public void OnEnded(MachineExit exit)
    {
        Ended.Enqueue(exit.MachineId);
        ExitOf(exit.MachineId).TrySetResult(exit);
    }

    /// <summary>Waits for the end of a VM.</summary>
    internal MachineExit WaitForEnd(ulong machineId)
    {
        Assert.True(ExitOf(machineId).Task.Wait(Limit), $"VM {machineId} did not end within {Limit}");
        return ExitOf(machineId).Task.Result;
    }

    /// <summary>Waits for the end of VMs, which may happen in any order.</summary>
    internal void WaitForEnds(IEnumerable<ulong> machineIds)
    {
        foreach (ulong id in machineIds)
        {
            WaitForEnd(id);
        }
    }

    private TaskCompletionSource<MachineExit> ExitOf(ulong machineId) =>
        _exits.GetOrAdd(machineId, _ => new TaskCompletionSource<MachineExit>(
            TaskCreationOptions.RunContinuationsAsynchronously));
}
