// SPDX-License-Identifier: MIT
using System.Linq;
using System.Threading;
using Denali.Kernel.Scheduling;
using Xunit;

namespace Denali.Kernel.Tests.Scheduling;

/// <summary>The gatekeeper lets in what fits, and counts exactly.</summary>
public sealed class GatekeeperTests
{
    [Fact]
    public void TryAdmit_AllSlotsTaken_RefusesWithTheCure()
    {
        var gatekeeper = new Gatekeeper(2, ulong.MaxValue);
        Assert.True(gatekeeper.TryAdmit(1, out string none));
        Assert.True(gatekeeper.TryAdmit(1, out _));

        Assert.False(gatekeeper.TryAdmit(1, out string refusal));

        Assert.Equal("", none);
        Assert.Equal("there are 2 VMs, which is the most: end other VMs first", refusal);
        gatekeeper.Release(1);
        Assert.True(gatekeeper.TryAdmit(1, out _));
    }

    [Fact]
    public void TryAdmit_MemoryUsedUp_RefusesWithTheCure()
    {
        var gatekeeper = new Gatekeeper(100, 10 << 20);
        Assert.True(gatekeeper.TryAdmit(8 << 20, out _));

        Assert.False(gatekeeper.TryAdmit((2 << 20) + 1, out string refusal));

        Assert.Equal("the VMs' memory is used up (10 MiB): end other VMs first", refusal);
        Assert.True(gatekeeper.TryAdmit(2 << 20, out _));
        Assert.False(gatekeeper.TryCharge(1));
    }

    [Fact]
    public void TryAdmit_Refused_TakesNothing()
    {
        var gatekeeper = new Gatekeeper(1, 100);
        Assert.False(gatekeeper.TryAdmit(101, out _));
        Assert.False(gatekeeper.TryAdmit(ulong.MaxValue, out _));

        Assert.True(gatekeeper.TryAdmit(100, out _));
    }

    [Fact]
    public void TryCharge_HostileAmount_DoesNotWrap()
    {
        var gatekeeper = new Gatekeeper(1, 100);
        Assert.True(gatekeeper.TryAdmit(60, out _));

        Assert.False(gatekeeper.TryCharge(ulong.MaxValue));
        Assert.False(gatekeeper.TryCharge(ulong.MaxValue - 59));
        Assert.False(gatekeeper.TryCharge(41));
        Assert.True(gatekeeper.TryCharge(40));
        gatekeeper.Release(100);
        Assert.True(gatekeeper.TryAdmit(100, out _));
    }

    [Fact]
    public void AdmitChargeRelease_FromManyThreads_EndsWithNothingTaken()
    {
        const int Machines = 3;
        const ulong Limit = 3_000;
        var gatekeeper = new Gatekeeper(Machines, Limit);
        int inside = 0;
        int wrong = 0;
        Thread[] threads = [.. Enumerable.Range(0, 6).Select(number => new Thread(() =>
        {
            for (int round = 0; round < 5_000; round++)
            {
                ulong bytes = (ulong)((number * 100) + (round % 100));
                if (!gatekeeper.TryAdmit(bytes, out _))
                {
                    continue;
                }

                Interlocked.Add(ref wrong, Interlocked.Increment(ref inside) > Machines ? 1 : 0);
                ulong more = gatekeeper.TryCharge(bytes) ? bytes : 0;
                Interlocked.Decrement(ref inside);
                gatekeeper.Release(bytes + more);
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
        Assert.True(gatekeeper.TryAdmit(Limit, out _));
    }
}
