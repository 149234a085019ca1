// SPDX-License-Identifier: MIT
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests;

/// <summary>Slots are kept and used again, up to a bound.</summary>
public sealed class SlotPoolTests : System.IDisposable
{
    private const ulong Small = 1 << 20;
    private const ulong Large = 2 << 20;

    private static readonly System.TimeSpan s_limit = System.TimeSpan.FromSeconds(30);

    private readonly FakeEngine _engine = new();

    public void Dispose() => _engine.Dispose();

    [Fact]
    public void Rent_AfterReturn_GivesTheSameSlot()
    {
        using var pool = new SlotPool(_engine, 4096);
        int first = pool.Rent(Small);
        pool.Return(first);

        Assert.Equal(first, pool.Rent(Small));
        Assert.Single(_engine.Slots);
    }

    [Fact]
    public void Rent_AnotherSize_MakesASlotOfThatSize()
    {
        using var pool = new SlotPool(_engine, 4096);
        int small = pool.Rent(Small);
        pool.Return(small);
        int large = pool.Rent(Large);

        Assert.NotEqual(small, large);
        Assert.Equal(Small, pool[small].MemoryBytes);
        Assert.Equal(Large, pool[large].MemoryBytes);
    }

    [Fact]
    public void Rent_Many_EachHasItsOwn()
    {
        using var pool = new SlotPool(_engine, 4096);
        int[] numbers = [.. Enumerable.Range(0, 300).Select(_ => pool.Rent(Small))];

        Assert.Equal(300, numbers.Distinct().Count());
        Assert.Equal(300, numbers.Select(number => pool[number]).Distinct().Count());
    }

    [Fact]
    public void TryRent_AsManyAsThereMayBe_IsRefusedUntilOneComesBack()
    {
        using (var pool = new SlotPool(_engine, 2))
        {
            int first = pool.Rent(Small);
            _ = pool.Rent(Large);

            Assert.False(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: true, out _));
            pool.Return(first);
            Assert.True(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: true, out int again));
            Assert.Equal(first, again);
            Assert.Equal(2, pool.LiveCount);
        }

        Assert.Equal(0, _engine.LiveSlotCount);
        Assert.Empty(_engine.Misuse);
    }

    [Fact]
    public void TryRent_OnlyOtherSizesFree_OneOfThemMakesWay()
    {
        using var pool = new SlotPool(_engine, 2);
        int small = pool.Rent(Small);
        _ = pool.Rent(Small);
        pool.Return(small);

        Assert.True(pool.TryRent(Large, SlotPool.NoTicket, mayGrow: true, out int large));
        Assert.Equal(Large, pool[large].MemoryBytes);
        Assert.Equal(2, _engine.LiveSlotCount);
        Assert.Empty(_engine.Misuse);
    }

    [Fact]
    public void TryRent_ManyThere_OthersGiveWayUntilThatCostAsMuchAsAnother()
    {
        using var pool = new SlotPool(_engine, SlotPool.MadeAtOnce + 2);
        int number = 0;
        for (int i = 0; i < SlotPool.MadeAtOnce; i++)
        {
            Assert.True(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: false, out number));
        }

        for (int i = 0; i < SlotPool.MadeAtOnce; i++)
        {
            Assert.False(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: false, out _));
            pool.Return(number);
            pool.OnGivenWay(Small);
            Assert.True(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: false, out number));
        }

        WaitForGrowth(pool);
        Assert.Equal(SlotPool.MadeAtOnce + 1, pool.LiveCount);
        Assert.True(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: false, out _));

        // Where nobody gives way one is made at once, up to the limit.
        Assert.False(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: false, out _));
        Assert.True(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: true, out _));
        Assert.False(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: true, out _));
    }

    [Fact]
    public void TryRent_ManyThereAndOnlyOtherSizesFree_AnotherIsMade()
    {
        using var pool = new SlotPool(_engine, SlotPool.MadeAtOnce * 2);
        int[] taken = [.. Enumerable.Range(0, SlotPool.MadeAtOnce).Select(_ => pool.Rent(Small))];
        pool.Return(taken[0]);

        Assert.True(pool.TryRent(Large, SlotPool.NoTicket, mayGrow: false, out int large));
        Assert.Equal(Large, pool[large].MemoryBytes);
        Assert.True(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: false, out int small));
        Assert.Equal(taken[0], small);
        Assert.Empty(_engine.Misuse);
    }

    [Fact]
    public void OnGivenWay_HostCannotMakeMore_ThoseThereAreDo()
    {
        using var pool = new SlotPool(_engine, 4096);
        int number = pool.Rent(Small);
        int refused = 0;
        _engine.BeforeCreateSlot = () =>
        {
            refused++;
            throw new EngineException("full");
        };
        pool.OnGivenWay(Small);
        WaitForGrowth(pool);

        Assert.Equal(1, refused);
        Assert.Equal(1, pool.LiveCount);
        pool.Return(number);
        Assert.True(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: true, out int again));
        Assert.Equal(number, again);
    }

    [Fact]
    public void TryRent_OthersWait_TheyComeFirst()
    {
        using var pool = new SlotPool(_engine, 1);
        int number = pool.Rent(Small);
        long ticket = pool.Want();
        long later = pool.Want();
        pool.Return(number);

        Assert.False(pool.TryRent(Small, SlotPool.NoTicket, mayGrow: true, out _));
        Assert.False(pool.TryRent(Small, later, mayGrow: true, out _));
        Assert.True(pool.TryRent(Small, ticket, mayGrow: true, out _));
    }

    [Fact]
    public void IsShort_OneReturnedForEachThatWaits_IsEnough()
    {
        using var pool = new SlotPool(_engine, 3);
        int[] taken = [.. Enumerable.Range(0, 3).Select(_ => pool.Rent(Small))];
        Assert.False(pool.IsShort);
        long ticket = pool.Want();
        Assert.True(pool.IsShort);
        pool.Return(taken[0]);
        Assert.True(pool.IsWanted);
        Assert.False(pool.IsShort);

        // Another one who waits, and one who has a slot but no memory.
        long other = pool.Want();
        Assert.True(pool.IsShort);
        pool.Return(taken[1]);
        Assert.False(pool.IsShort);
        pool.IsMemoryShort = true;
        Assert.True(pool.IsShort);
        pool.Unwant(ticket);
        pool.Unwant(other);
        Assert.False(pool.IsShort);
    }

    [Fact]
    public void ReturnUnused_SomebodyWaits_WorkersAreNotTold()
    {
        using var pool = new SlotPool(_engine, 2);
        int[] taken = [pool.Rent(Small), pool.Rent(Small)];
        long ticket = pool.Want();
        int told = 0;
        pool.Freed = () => told++;
        pool.ReturnUnused(taken[0]);
        pool.DiscardUnused(taken[1]);
        Assert.Equal(0, told);

        Assert.True(pool.TryRent(Small, ticket, mayGrow: true, out int again));
        Assert.Equal(1, pool.LiveCount);
        pool.Return(again);
        Assert.Equal(1, told);
    }

    [Fact]
    public void Rent_AllTaken_AsksForOneAndWaits()
    {
        using var pool = new SlotPool(_engine, 1);
        int number = pool.Rent(Small);
        pool.Wanted = () => pool.Return(number);

        Assert.Equal(number, pool.Rent(Small));
        Assert.False(pool.IsWanted);
    }

    [Fact]
    public void Rent_HostCannotMakeMore_GivesUpFreeSlotsOfOtherSizes()
    {
        using var pool = new SlotPool(_engine, 4096);
        int[] small = [.. Enumerable.Range(0, 3).Select(_ => pool.Rent(Small))];
        pool.Return(small[0]);
        pool.Return(small[1]);
        _engine.BeforeCreateSlot = () =>
        {
            if (_engine.LiveSlotCount > 1)
            {
                throw new EngineException("full");
            }
        };

        Assert.Equal(Large, pool[pool.Rent(Large)].MemoryBytes);
        Assert.Equal(2, _engine.LiveSlotCount);
        Assert.Equal("full", Assert.Throws<EngineException>(() => pool.Rent(Large)).Message);
        Assert.Equal(Small, pool[small[2]].MemoryBytes);
    }

    [Fact]
    public void Discard_DestroysTheSlot()
    {
        using var pool = new SlotPool(_engine, 4096);
        int number = pool.Rent(Small);
        pool.Discard(number);

        Assert.Equal(0, _engine.LiveSlotCount);
        Assert.Equal(number, pool.Rent(Small));
        Assert.Equal(2, _engine.Slots.Count);
    }

    [Fact]
    public void RentAndReturn_FromManyThreads_NobodySharesASlot()
    {
        using var pool = new SlotPool(_engine, 4096);
        var held = new ConcurrentDictionary<int, bool>();
        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(seed => new Thread(() =>
        {
            var mine = new Queue<int>();
            for (int round = 0; round < 2_000; round++)
            {
                int number = pool.Rent(round % 3 == 0 ? Large : Small);
                Interlocked.Add(ref wrong, held.TryAdd(number, true) && pool[number] is not null ? 0 : 1);
                mine.Enqueue(number);
                if (mine.Count > seed + 5)
                {
                    int oldest = mine.Dequeue();
                    held.TryRemove(oldest, out _);
                    pool.Return(oldest);
                }
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Assert.Equal(0, wrong);
    }
    private static void WaitForGrowth(SlotPool pool) =>
        Assert.True(SpinWait.SpinUntil(() => !pool.IsGrowing, s_limit), "a slot is still being made");
}
