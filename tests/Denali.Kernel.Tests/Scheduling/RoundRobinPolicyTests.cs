// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Kernel.Machines;
using Denali.Kernel.Scheduling;
using Xunit;

namespace Denali.Kernel.Tests.Scheduling;

/// <summary>Round robin, priority after idling, and nobody starves.</summary>
public sealed class RoundRobinPolicyTests : IDisposable
{
    private const ulong Quantum = RoundRobinPolicy.QuantumNs;

    private readonly MachineTable _table = new();
    private readonly RoundRobinPolicy _policy;

    public RoundRobinPolicyTests()
    {
        _policy = new RoundRobinPolicy(_table);
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

    [Theory]
    [InlineData(EnqueueReason.Created)]
    [InlineData(EnqueueReason.QuantumUsed)]
    [InlineData(EnqueueReason.Yielded)]
    [InlineData(EnqueueReason.Moved)]
    public void TryDequeue_Ordinary_KeepsTheOrder(EnqueueReason reason)
    {
        int[] machines = Machines(5);
        Array.ForEach(machines, index => _policy.Enqueue(index, reason));

        Assert.Equal(5, _policy.Count);
        Assert.Equal(machines, Enumerable.Range(0, 5).Select(_ => Dequeue(Quantum)));
    }

    [Fact]
    public void TryDequeue_Woken_ComesFirstForOneQuantum()
    {
        int[] machines = Machines(3);
        _policy.Enqueue(machines[0], EnqueueReason.Created);
        _policy.Enqueue(machines[1], EnqueueReason.Created);
        _policy.Enqueue(machines[2], EnqueueReason.Woken);

        Assert.Equal(machines[2], Dequeue(Quantum));
        _policy.Charge(machines[2], Quantum);
        _policy.Enqueue(machines[2], EnqueueReason.QuantumUsed);

        Assert.Equal(machines, Enumerable.Range(0, 3).Select(_ => Dequeue(Quantum)));
    }

    [Theory]
    [InlineData(EnqueueReason.Preempted)]
    [InlineData(EnqueueReason.Bound)]
    public void TryDequeue_HadItsTurn_ComesNextWithTheRestOfItsQuantum(EnqueueReason reason)
    {
        int[] machines = Machines(3);
        Array.ForEach(machines, index => _policy.Enqueue(index, EnqueueReason.Created));
        Assert.Equal(machines[0], Dequeue(Quantum));
        _policy.Charge(machines[0], Quantum / 4);
        _policy.Enqueue(machines[0], reason);

        Assert.Equal(machines[0], Dequeue(Quantum - (Quantum / 4)));
        Assert.Equal(machines[1], Dequeue(Quantum));
    }

    [Fact]
    public void Charge_MoreThanTheQuantum_LeavesNothing()
    {
        int machine = Machines(1)[0];
        _policy.Enqueue(machine, EnqueueReason.Created);
        Dequeue(Quantum);
        _policy.Charge(machine, 10 * Quantum);
        _policy.Enqueue(machine, EnqueueReason.Preempted);

        Dequeue(0);
    }

    [Fact]
    public void ShouldPreempt_OrdinaryRunsAndOneWakes_IsTrue()
    {
        int[] machines = Machines(3);
        _policy.Enqueue(machines[0], EnqueueReason.Created);
        Dequeue(Quantum);
        Assert.False(_policy.ShouldPreempt(machines[0]));

        _policy.Enqueue(machines[1], EnqueueReason.Created);
        Assert.False(_policy.ShouldPreempt(machines[0]));
        _policy.Enqueue(machines[2], EnqueueReason.Woken);
        Assert.True(_policy.ShouldPreempt(machines[0]));
        Assert.True(_policy.IsPreemptible(machines[0]));
    }

    [Fact]
    public void ShouldPreempt_OneWithPriorityRuns_IsFalse()
    {
        int[] machines = Machines(2);
        _policy.Enqueue(machines[0], EnqueueReason.Woken);
        Dequeue(Quantum);
        _policy.Enqueue(machines[1], EnqueueReason.Woken);

        Assert.False(_policy.ShouldPreempt(machines[0]));
        Assert.False(_policy.IsPreemptible(machines[0]));
    }

    [Fact]
    public void Remove_FromEitherQueue_LeavesTheOthers()
    {
        int[] machines = Machines(4);
        _policy.Enqueue(machines[0], EnqueueReason.Created);
        _policy.Enqueue(machines[1], EnqueueReason.Woken);
        _policy.Enqueue(machines[2], EnqueueReason.Created);
        _policy.Enqueue(machines[3], EnqueueReason.Woken);

        _policy.Remove(machines[1]);
        _policy.Remove(machines[0]);

        Assert.Equal(2, _policy.Count);
        Assert.Equal(machines[3], Dequeue(Quantum));
        Assert.Equal(machines[2], Dequeue(Quantum));
    }

    [Fact]
    public void TryGiveAway_OnlyOrdinaryOnesGo()
    {
        int[] machines = Machines(3);
        _policy.Enqueue(machines[0], EnqueueReason.Woken);
        Assert.False(_policy.TryGiveAway(out _));
        _policy.Enqueue(machines[1], EnqueueReason.Created);
        _policy.Enqueue(machines[2], EnqueueReason.Created);

        Assert.True(_policy.TryGiveAway(out int given));
        Assert.Equal(machines[1], given);
        Assert.Equal(2, _policy.Count);
    }

    [Fact]
    public void TryGiveAway_TheOneThatMovedLongestAgoGoes()
    {
        int[] machines = Machines(3);
        _table[machines[0]].MovedNs = 30;
        _table[machines[1]].MovedNs = 10;
        _table[machines[2]].MovedNs = 20;
        foreach (int machine in machines)
        {
            _policy.Enqueue(machine, EnqueueReason.Moved);
        }

        int[] given = new int[3];
        for (int i = 0; i < given.Length; i++)
        {
            Assert.True(_policy.TryGiveAway(out given[i]));
        }

        Assert.Equal([machines[1], machines[2], machines[0]], given);
        Assert.False(_policy.TryGiveAway(out _));
    }

    [Theory]
    [InlineData(1, 1, 400_000)]
    [InlineData(4, 1, 400_000)]
    [InlineData(50, 1, 4_999_999)]
    [InlineData(50, 3, 20_000)]
    [InlineData(300, 2, 1_000)]
    public void IdlersThatAlwaysWake_OrdinaryOnes_GetTheirThird(int idlers, int ordinary, long burstNs)
    {
        int[] machines = Machines(idlers + ordinary);
        ulong[] used = new Simulation(_table, _policy).Run(machines, idlers, (ulong)burstNs, 4_000_000_000);

        // The debt: PriorityBurst quanta of the others for one of theirs.
        ulong total = used.Aggregate((sum, ns) => sum + ns);
        double share = used[idlers..].Sum(ns => (double)ns) / total;
        Assert.InRange(share, 0.98 / (RoundRobinPolicy.PriorityBurst + 1), 1.0);
        Assert.All(used, ns => Assert.NotEqual(0u, ns));
        Assert.InRange(used[idlers..].Max() - used[idlers..].Min(), 0u, 4 * Quantum);
    }

    [Fact]
    public void OrdinaryOnesAlone_ShareEqually()
    {
        ulong[] used = new Simulation(_table, _policy).Run(Machines(7), 0, 1, 2 * 7 * 20 * Quantum);

        Assert.All(used, ns => Assert.Equal(20 * Quantum, ns));
    }

    private int[] Machines(int count) => [.. Enumerable.Range(0, count).Select(_ => _table.Rent())];

    private int Dequeue(ulong expectedQuantumNs)
    {
        Assert.True(_policy.TryDequeue(out int index, out ulong quantumNs));
        Assert.Equal(expectedQuantumNs, quantumNs);
        return index;
    }

    /// <summary>A core on which some VMs run a burst, idle and are woken at once, and the others never stop.</summary>
    private sealed class Simulation(MachineTable table, RoundRobinPolicy policy)
    {
        private const ulong SliceNs = 50_000;

        // Until it idles, by index; those that never do have no end.
        private readonly ulong[] _left = [.. Enumerable.Repeat(ulong.MaxValue, 1_000)];

        /// <summary>Counts the second half of the time only: at first all are new and so ordinary.</summary>
        internal ulong[] Run(int[] machines, int idlers, ulong burstNs, ulong totalNs)
        {
            ulong[] used = new ulong[machines.Length];
            Array.Fill(_left, burstNs, 0, idlers);
            var asleep = new Queue<int>();
            Array.ForEach(machines, index => policy.Enqueue(index, EnqueueReason.Created));
            bool isSteady = false;
            for (ulong now = 0; now < totalNs;)
            {
                if (!isSteady && now >= totalNs / 2)
                {
                    isSteady = true;
                    Array.Clear(used);
                }

                Assert.True(policy.TryDequeue(out int index, out ulong quantumNs));
                now += RunOne(index, burstNs, quantumNs, used, asleep);
            }

            return used;
        }

        private ulong RunOne(int index, ulong burstNs, ulong quantumNs, ulong[] used, Queue<int> asleep)
        {
            ulong ran = 0;
            while (true)
            {
                // Exits happen after a slice, so that a waking VM is seen.
                ulong step = Math.Min(SliceNs, Math.Min(_left[index], quantumNs - ran));
                ran += step;
                _left[index] -= step;
                used[index] += step;
                policy.Charge(index, step);
                while (asleep.TryDequeue(out int woken))
                {
                    policy.Enqueue(woken, EnqueueReason.Woken);
                }

                if (_left[index] == 0)
                {
                    _left[index] = burstNs;
                    asleep.Enqueue(index);
                    WakeIfNobodyRuns(asleep);
                    return ran;
                }

                if (ran >= quantumNs || policy.ShouldPreempt(index))
                {
                    policy.Enqueue(
                        index, ran >= quantumNs ? EnqueueReason.QuantumUsed : EnqueueReason.Preempted);
                    return ran;
                }
            }
        }

        private void WakeIfNobodyRuns(Queue<int> asleep)
        {
            while (policy.Count == 0 && asleep.TryDequeue(out int woken))
            {
                Assert.NotEqual(MachineState.Free, table[woken].State);
                policy.Enqueue(woken, EnqueueReason.Woken);
            }
        }
    }
}
