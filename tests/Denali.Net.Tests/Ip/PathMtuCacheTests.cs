// SPDX-License-Identifier: MIT
using Xunit;

namespace Denali.Net.Tests.Ip;

public sealed class PathMtuCacheTests
{
    private const ulong Second = 1_000_000_000;

    private static readonly IpAddress s_v4 = IpAddress.FromIpv4(0x0A000001);
    private static readonly IpAddress s_v6 = new(0x2001_0DB8_0000_0000, 1);

    private readonly PathMtuCache _cache = new();

    [Fact]
    public void Get_NothingTold_IsTheLinks() => Assert.Equal(1500, _cache.Get(s_v4, 1500, 0));

    [Fact]
    public void TryLower_Told_FallsAndNeverRises()
    {
        Assert.True(_cache.TryLower(s_v4, 1400, 1500, 1500, 0));
        Assert.Equal(1400, _cache.Get(s_v4, 1500, 0));
        Assert.False(_cache.TryLower(s_v4, 1450, 1500, 1500, 0));
        Assert.False(_cache.TryLower(s_v4, 9000, 1500, 1500, 0));
        Assert.True(_cache.TryLower(s_v4, 1300, 1500, 1500, 0));
        Assert.Equal(1300, _cache.Get(s_v4, 1500, 0));
        Assert.Equal(1500, _cache.Get(s_v6, 1500, 0));
        Assert.Equal(1, _cache.Count);
    }

    [Fact]
    public void Get_TenMinutesLater_IsTheLinksAgain()
    {
        _cache.TryLower(s_v4, 1400, 1500, 1500, 5);
        Assert.Equal(1400, _cache.Get(s_v4, 1500, (600 * Second) + 4));
        Assert.Equal(1500, _cache.Get(s_v4, 1500, (600 * Second) + 5));
        Assert.True(_cache.TryLower(s_v4, 1450, 1500, 1500, 601 * Second));
        Assert.Equal(1450, _cache.Get(s_v4, 1500, 601 * Second));
    }

    [Fact]
    public void TryLower_BelowTheMinimum_IsClampedForIpv4AndIgnoredForIpv6()
    {
        Assert.True(_cache.TryLower(s_v4, 68, 1500, 1500, 0));
        Assert.Equal(576, _cache.Get(s_v4, 1500, 0));
        Assert.False(_cache.TryLower(s_v6, 1279, 1500, 1500, 0));
        Assert.Equal(1500, _cache.Get(s_v6, 1500, 0));
        Assert.True(_cache.TryLower(s_v6, 1280, 1500, 1500, 0));
        Assert.False(_cache.TryLower(s_v6, 0, 1500, 1500, 0));
        Assert.Equal(1280, _cache.Get(s_v6, 1500, 0));
    }

    [Theory]
    [InlineData(1500, 1492)]
    [InlineData(1492, 1006)]
    [InlineData(1000, 576)]
    [InlineData(0, 576)]
    [InlineData(9000, 8166)]
    public void TryLower_OldRouter_TakesThePlateauBelow(int packetBytes, int expected)
    {
        Assert.True(_cache.TryLower(s_v4, 0, packetBytes, 16_000, 0));
        Assert.Equal(expected, _cache.Get(s_v4, 16_000, 0));
    }

    [Fact]
    public void TryLower_MoreAddressesThanRoom_ForgetsTheOldest()
    {
        for (uint address = 0; address <= PathMtuCache.Capacity; address++)
        {
            Assert.True(_cache.TryLower(IpAddress.FromIpv4(address), 1000, 1500, 1500, address));
        }

        Assert.Equal(PathMtuCache.Capacity, _cache.Count);
        Assert.Equal(1500, _cache.Get(IpAddress.FromIpv4(0), 1500, 0));
        Assert.Equal(1000, _cache.Get(IpAddress.FromIpv4(1), 1500, 0));
        Assert.Equal(1000, _cache.Get(IpAddress.FromIpv4(PathMtuCache.Capacity), 1500, 0));
    }
}
