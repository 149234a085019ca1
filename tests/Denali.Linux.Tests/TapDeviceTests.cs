// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using Xunit;

namespace Denali.Linux.Tests;

/// <summary>A TAP device carries frames, wakes whoever waits for it, and leaves nothing behind.</summary>
public sealed class TapDeviceTests
{
    private const string Name = "denalilinux0";
    private const ulong Mac = 0x0264_6EFF_FFFE;
    private const long Long = 30_000_000_000;

    [Fact]
    public void Open_MakesAnInterfaceWithTheAddress() => Run(() =>
    {
        using var device = TapDevice.Open(Name, Mac);
        Assert.Equal(Mac, device.MacAddress);
        Assert.Equal(16, Assert.Throws<LinuxException>(() => TapDevice.Open(Name, Mac)).Errno);
    });

    [Fact]
    public void Open_AfterDispose_IsPossibleAgain() => Run(() =>
    {
        TapDevice.Open(Name, Mac).Dispose();
        TapDevice.Open(Name, Mac).Dispose();
    });

    [Fact]
    public void Read_WhatLinuxSends_IsThereWithItsHeader() => Run(() =>
    {
        using var device = TapDevice.Open(Name, Mac);
        byte[] buffer = new byte[2048];

        // Linux looks for other IPv6 routers and nodes as soon as an interface is up.
        int bytes = 0;
        long start = Stopwatch.GetTimestamp();
        while (bytes == 0 && Stopwatch.GetElapsedTime(start).TotalSeconds < 30)
        {
            Assert.False(ThreadSignal.WaitOrReadable(device, Long));
            bytes = device.Read(buffer);
        }

        Assert.InRange(bytes, TapDevice.HeaderBytes + 14, buffer.Length);
        Assert.Equal(0x33, buffer[TapDevice.HeaderBytes]);
        while (device.Read(buffer) != 0)
        {
        }

        Assert.Equal(0, device.Read(buffer));
    });

    [Fact]
    public void Write_AFrame_IsTaken_AndATooShortOneIsNot() => Run(() =>
    {
        using var device = TapDevice.Open(Name, Mac);
        Assert.True(device.TryWrite(new byte[TapDevice.HeaderBytes + 60]));
        Assert.False(device.TryWrite(new byte[TapDevice.HeaderBytes + 5]));
    });

    [Fact]
    public void Wait_SignalPending_ReturnsAtOnceAndTakesIt() => Run(() =>
    {
        using var device = TapDevice.Open(Name, Mac);
        Assert.True(ThreadSignal.Send(ThreadSignal.CurrentThreadId()));
        bool came = false;
        byte[] buffer = new byte[2048];

        // The first looks may find what Linux sends by itself.
        for (int i = 0; i < 100 && !came; i++)
        {
            came = ThreadSignal.WaitOrReadable(device, Long);
            device.Read(buffer);
        }

        Assert.True(came);
        Assert.False(ThreadSignal.Wait(0));
    });

    private static void Run(Action test)
    {
        Assert.SkipUnless(File.Exists("/dev/net/tun"), "there is no /dev/net/tun");
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "network namespaces need root");
        OwnThread.Run(() =>
        {
            NetworkNamespace.EnterNew();
            ThreadSignal.BlockInThisThread();
            test();
        });
    }
}
