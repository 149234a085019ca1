// SPDX-License-Identifier: MIT
using System.Linq;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>
/// No VM gets more than its part, all together not more than there is, and what is given back is there.
/// </summary>
public sealed class MachineQuotaTests
{
    private readonly SwitchAddressing _lan = new(new LanOptions());

    [Fact]
    public void Machine_WithAllItsAddresses_GetsItsPartOnce()
    {
        var quota = new MachineQuota(_lan, 10, 3);

        Assert.True(quota.TryTake(_lan.Ipv4Of(5)));
        Assert.True(quota.TryTake(_lan.Ipv6Of(5)));
        Assert.True(quota.TryTake(SwitchAddressing.LinkLocalOf(SwitchAddressing.MacOf(5))));
        Assert.False(quota.TryTake(_lan.Ipv4Of(5)));
        Assert.False(quota.TryTake(_lan.Ipv6Of(5)));
        quota.Return(_lan.Ipv4Of(5));
        Assert.True(quota.TryTake(_lan.Ipv6Of(5)));
        Assert.False(quota.TryTake(_lan.Ipv4Of(5)));
    }

    [Fact]
    public void Machines_Many_GetWhatThereIsTogether()
    {
        var quota = new MachineQuota(_lan, 10, 3);

        Assert.Equal(10, Enumerable.Range(0, 100).Count(number => quota.TryTake(_lan.Ipv4Of(number % 5))));
        Assert.False(quota.TryTake(_lan.Ipv4Of(99)));
        quota.Return(_lan.Ipv4Of(0));
        Assert.True(quota.TryTake(_lan.Ipv4Of(99)));
    }

    [Fact]
    public void Address_OfNoMachine_GetsNothing()
    {
        var quota = new MachineQuota(_lan, 10, 3);

        Assert.False(quota.TryTake(_lan.Ipv4Gateway));
        Assert.False(quota.TryTake(IpAddress.FromIpv4(0xC633_6401)));
    }
}
