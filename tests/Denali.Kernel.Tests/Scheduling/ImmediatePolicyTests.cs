// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Kernel.Machines;
using Denali.Kernel.Scheduling;
using Xunit;

namespace Denali.Kernel.Tests.Scheduling;

/// <summary>Whoever was interrupted last runs first, and whoever runs makes way.</summary>
public sealed class ImmediatePolicyTests : IDisposable
{
    private const ulong Quantum = RoundRobinPolicy.QuantumNs;

    private readonly MachineTable _table = new();
    private readonly ImmediatePolicy _policy;

    public ImmediatePolicyTests()
    {
        _policy = new ImmediatePolicy(_table);
    }

    public void Dispose() => _table.Dispose();

    [Fact]
    public void TryDequeue_NothingWaits_SaysSo()
    {
        Assert.False(_policy.TryDequeue(out int index, out ulong quantumNs));
        Assert.Equal(MachineRecord.None, index);
        Assert.Equal(0u, quantumNs);
        Assert.False(_policy.TryGiveAway(out _));
    }

    [Fact]
    public void TryDequeue_Woken_LastComesFirst()
    {
        int[] machines = Machines(4);
        _policy.Enqueue(machines[0], EnqueueReason.Created);
        _policy.Enqueue(machines[1], EnqueueReason.Yielded);
        _policy.Enqueue(machines[2], EnqueueReason.Woken);
        _policy.Enqueue(machines[3], EnqueueReason.Woken);

        Assert.Equal(4, _policy.Count);
        Assert.Equal([3, 2, 0, 1], Enumerable.Range(0, 4).Select(_ => Array.IndexOf(machines, Dequeue(Quantum))));
    }

    [Fact]
    public void TryDequeue_Preempted_ComesBehindTheOneThatCameBetween()
    {
        int[] machines = Machines(3);
        _policy.Enqueue(machines[0], EnqueueReason.Woken);
        _policy.Enqueue(machines[1], EnqueueReason.Created);
        Assert.Equal(machines[0], Dequeue(Quantum));
        Assert.False(_policy.ShouldPreempt(machines[0]));

        _policy.Enqueue(machines[2], EnqueueReason.Woken);
        Assert.True(_policy.IsPreemptible(machines[0]));
        Assert.True(_policy.ShouldPreempt(machines[0]));
        _policy.Charge(machines[0], Quantum / 4);
        _policy.Enqueue(machines[0], EnqueueReason.Preempted);

        Assert.Equal(machines[2], Dequeue(Quantum));
        Assert.Equal(machines[0], Dequeue(Quantum - (Quantum / 4)));
        Assert.Equal(machines[1], Dequeue(Quantum));
    }

    [Fact]
    public void Remove_FromEitherQueue_LeavesTheOthers()
    {
        int[] machines = Machines(4);
        _policy.Enqueue(machines[0], EnqueueReason.Woken);
        _policy.Enqueue(machines[1], EnqueueReason.Woken);
        _policy.Enqueue(machines[2], EnqueueReason.Created);
        _policy.Enqueue(machines[3], EnqueueReason.Created);
        _policy.Remove(machines[1]);
        _policy.Remove(machines[2]);

        Assert.Equal(machines[0], Dequeue(Quantum));
        Assert.True(_policy.TryGiveAway(out int given));
        Assert.Equal(machines[3], given);
        Assert.Equal(0, _policy.Count);
    }

    private int[] Machines(int count) => [.. Enumerable.Range(0, count).Select(_ => _table.Rent())];

    private int Dequeue(ulong expectedQuantumNs)
    {
        Assert.True(_policy.TryDequeue(out int index, out ulong quantumNs));
        Assert.Equal(expectedQuantumNs, quantumNs);
        return index;
    }
}
