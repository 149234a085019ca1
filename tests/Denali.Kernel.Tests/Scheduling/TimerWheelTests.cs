// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Denali.Hardware;
using Denali.Hardware.Tests;
using Denali.Kernel.Machines;
using Denali.Kernel.Scheduling;
using Xunit;

namespace Denali.Kernel.Tests.Scheduling;

/// <summary>
/// Goal: no deadline expires early, none more than a tick late, and the wheel says when to look again. Method: random
/// steps with deadlines around the boundaries of its levels and jumps of any size, compared step by step with a sorted
/// list. A failure prints the seed that repeats it.
/// </summary>
public sealed class TimerWheelTests
{
    private const int Records = 24;
    private const int Levels = 8;
    private const ulong Tick = TimerWheel.TickNs;

    // Distances: anything, around whole buckets of each level, within a tick.
    private static readonly Gen<ulong> s_distance = Gen.OneOf(
        Gen.ULong[0, 3 * Tick],
        Gen.Select(Gen.Int[0, 45], Gen.ULong[0, 2 * Tick], (shift, jitter) => (Tick << shift) - Tick + jitter),
        Gen.Select(Gen.Int[0, 7], Gen.ULong[1, 64], (level, count) => (Tick << (6 * level)) * count),
        Gen.ULong[0, TimerWheel.HorizonNs]);

    private static readonly Gen<Case> s_case = Gen.Select(
        Gen.OneOf(Gen.Const(0UL), Gen.ULong[0, 1UL << 50], Gen.ULong[(Tick << 30) - 100, (Tick << 30) + 100]),
        Gen.Select(
            Gen.Enum<StepKind>(), Gen.Int[0, Records - 1], s_distance, (kind, index, distance) =>
                new Step(kind, index, distance)).Array[1, 150],
        (start, steps) => new Case(start, steps));

    private enum StepKind
    {
        Add,
        AddSoon,
        AddPast,
        Remove,
        Advance,
        AdvanceToNext,
        Replace,
    }

    [Fact]
    public void RandomSteps_AgreeWithASortedList() => Check(Iterations.Of(3_000));

    [Fact]
    [Trait("Speed", "Soak")]
    public void RandomSteps_AgreeWithASortedList_Soak() => Check(Iterations.Of(10_000));

    [Fact]
    public void AModelThatIsWrong_IsFound()
    {
        // The comparison itself must be able to fail: the model has a deadline that the wheel does not.
        using var model = new Model(0);
        Assert.True(model.Agrees(new Step(StepKind.Add, 0, 10 * Tick)));
        model.Deadlines[1] = 5 * Tick;
        Assert.False(model.Agrees(new Step(StepKind.Advance, 0, 20 * Tick)));
    }

    [Theory]
    [InlineData(TimerWheel.HorizonNs)]
    [InlineData(TimerWheel.HorizonNs + 1)]
    [InlineData(ulong.MaxValue - 1)]
    [InlineData(InstructionPage.Never)]
    public void Add_AtOrBeyondTheHorizon_NeverExpires(ulong deadlineNs)
    {
        using var table = new MachineTable();
        int index = table.Rent();
        var wheel = new TimerWheel(table, 0);

        wheel.Add(index, deadlineNs);

        Assert.Equal(0, wheel.Count);
        Assert.Equal(InstructionPage.Never, wheel.NextExpiryNs());
        Assert.False(wheel.TryExpire(ulong.MaxValue, out _));
        wheel.Remove(index);
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void Add_JustBelowTheHorizon_Expires()
    {
        using var table = new MachineTable();
        int index = table.Rent();
        var wheel = new TimerWheel(table, 0);

        wheel.Add(index, TimerWheel.HorizonNs - 1);

        Assert.False(wheel.TryExpire(TimerWheel.HorizonNs - 1, out _));
        Assert.True(wheel.TryExpire(TimerWheel.HorizonNs, out int expired));
        Assert.Equal(index, expired);
        Assert.Equal(InstructionPage.Never, wheel.NextExpiryNs());
    }

    [Theory]
    [InlineData(3_600_000_000_000)]
    [InlineData(30UL * 24 * 3_600_000_000_000)]
    public void Deadline_FarAway_IsLookedAtOncePerLevelUntilItIsDue(ulong deadlineNs)
    {
        using var table = new MachineTable();
        int index = table.Rent();
        var wheel = new TimerWheel(table, 12_345);
        wheel.Add(index, deadlineNs);

        int looks = 0;
        int expired = MachineRecord.None;
        ulong nowNs = 0;
        while (expired == MachineRecord.None)
        {
            Assert.True(wheel.NextExpiryNs() > nowNs, "it is to be looked at again at once");
            nowNs = wheel.NextExpiryNs();
            looks++;
            _ = wheel.TryExpire(nowNs, out expired);
        }

        Assert.Equal(index, expired);
        Assert.InRange(nowNs, deadlineNs, deadlineNs + Tick);
        Assert.InRange(looks, 1, Levels);
    }

    [Fact]
    public void TryExpire_SameDeadline_KeepsTheOrderOfSetting()
    {
        using var table = new MachineTable();
        var wheel = new TimerWheel(table, 0);
        int[] indices = [.. Enumerable.Range(0, 100).Select(_ => table.Rent())];
        Array.ForEach(indices, index => wheel.Add(index, 1_000 * Tick));

        Assert.Equal(indices, ExpireAll(wheel, 2_000 * Tick));
    }

    [Fact]
    [Trait("Speed", "Slow")]
    public void MillionDeadlines_SetCancelledAndExpired_AllocateNothing()
    {
        const int Machines = 1_000_000;
        const ulong Span = 3_600_000_000_000;
        using var table = new MachineTable();
        for (int i = 0; i < Machines; i++)
        {
            table.Rent();
        }

        var wheel = new TimerWheel(table, 0);
        var random = new Random(1);
        wheel.Add(0, 1);
        wheel.Remove(0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Machines; i++)
        {
            wheel.Add(i, (ulong)random.NextInt64((long)Span));
        }

        for (int i = 0; i < Machines; i += 2)
        {
            wheel.Remove(i);
        }

        // Every look expires something or deals a bucket out, which happens to a deadline once per level at most.
        int expired = 0;
        int looks = 0;
        for (ulong now = wheel.NextExpiryNs(); now != InstructionPage.Never; now = wheel.NextExpiryNs())
        {
            looks++;
            while (wheel.TryExpire(now, out _))
            {
                expired++;
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Machines / 2, expired);
        Assert.InRange(looks, 1, Levels * Machines / 2);
        Assert.Equal(0, wheel.Count);
    }

    private static void Check(int iterations) =>
        s_case.Sample(
            test =>
            {
                using var model = new Model(test.StartNs);
                return Array.TrueForAll(test.Steps, model.Agrees);
            },
            iter: iterations,
            threads: 1);

    private static List<int> ExpireAll(TimerWheel wheel, ulong nowNs)
    {
        var expired = new List<int>();
        while (wheel.TryExpire(nowNs, out int index))
        {
            expired.Add(index);
        }

        return expired;
    }

    private sealed record Step(StepKind Kind, int Index, ulong Distance);

    private sealed record Case(ulong StartNs, Step[] Steps)
    {
        public override string ToString() =>
            $"start {StartNs}: {string.Join("; ", Steps.Select(step => step.ToString()))}";
    }

    private sealed class Model : IDisposable
    {
        private readonly MachineTable _table = new();
        private readonly TimerWheel _wheel;
        private ulong _nowNs;

        internal Model(ulong startNs)
        {
            _nowNs = startNs;
            for (int i = 0; i < Records; i++)
            {
                _table.Rent();
            }

            _wheel = new TimerWheel(_table, startNs);
        }

        internal Dictionary<int, ulong> Deadlines { get; } = [];

        /// <summary>The same, but not before the time at which they were set: a wheel does not look back.</summary>
        private Dictionary<int, ulong> Effective { get; } = [];

        public void Dispose() => _table.Dispose();

        internal bool Agrees(Step step)
        {
            switch (step.Kind)
            {
                case StepKind.Add:
                    Add(step.Index, _nowNs + step.Distance);
                    break;
                case StepKind.AddSoon:
                    Add(step.Index, _nowNs + (step.Distance % (64 * Tick)));
                    break;
                case StepKind.AddPast:
                    Add(step.Index, _nowNs - Math.Min(_nowNs, step.Distance));
                    break;
                case StepKind.Remove:
                    Remove(step.Index);
                    break;
                case StepKind.Replace:
                    Remove(step.Index);
                    Add(step.Index, _nowNs + step.Distance);
                    break;
                case StepKind.Advance:
                    // Time ends at the horizon.
                    return AdvanceTo(Math.Max(_nowNs, Math.Min(_nowNs + step.Distance, TimerWheel.HorizonNs)));
                case StepKind.AdvanceToNext:
                    return AdvanceToEarliest();
            }

            return StateAgrees(afterExpiry: false);
        }

        private static ulong TickOf(ulong ns) => ns / Tick;

        private void Add(int index, ulong deadlineNs)
        {
            if (Deadlines.ContainsKey(index))
            {
                return;
            }

            _wheel.Add(index, deadlineNs);
            if (deadlineNs < TimerWheel.HorizonNs)
            {
                Deadlines.Add(index, deadlineNs);
                Effective.Add(index, Math.Max(deadlineNs, _nowNs));
            }
        }

        private void Remove(int index)
        {
            _wheel.Remove(index);
            Deadlines.Remove(index);
            Effective.Remove(index);
        }

        private bool AdvanceTo(ulong nowNs)
        {
            _nowNs = nowNs;
            List<int> expired = ExpireAll(_wheel, nowNs);
            bool noneIsEarly = expired.TrueForAll(
                index => Deadlines.TryGetValue(index, out ulong deadlineNs) && deadlineNs <= nowNs);
            expired.ForEach(index =>
            {
                Deadlines.Remove(index);
                Effective.Remove(index);
            });
            bool noneIsLate = Deadlines.Keys.All(
                index => TickOf(Effective.GetValueOrDefault(index)) >= TickOf(nowNs));
            return noneIsEarly && noneIsLate && StateAgrees(afterExpiry: true);
        }

        /// <summary>Looks only when the wheel says so: the earliest must be there after few looks, not early.</summary>
        private bool AdvanceToEarliest()
        {
            if (Deadlines.Count == 0)
            {
                return _wheel.NextExpiryNs() == InstructionPage.Never;
            }

            int count = Deadlines.Count;
            for (int looks = 0; Deadlines.Count == count; looks++)
            {
                ulong next = _wheel.NextExpiryNs();
                if (looks > 2 * Levels || !AdvanceTo(Math.Max(next, _nowNs)))
                {
                    return false;
                }
            }

            return true;
        }

        private bool StateAgrees(bool afterExpiry)
        {
            if (_wheel.Count != Deadlines.Count)
            {
                return false;
            }

            ulong next = _wheel.NextExpiryNs();
            if (Deadlines.Count == 0)
            {
                return next == InstructionPage.Never;
            }

            // Never later than the first end of a tick at which something expires; and never now, again and again.
            ulong expires = (Math.Max(TickOf(Effective.Values.Min()), TickOf(_nowNs)) + 1) * Tick;
            return next <= expires && (!afterExpiry || next > _nowNs);
        }
    }
}
