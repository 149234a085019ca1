// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Workers;

/// <summary>What is refused costs nothing: no slot, no record, no memory stays behind.</summary>
public sealed class CreationTests : IDisposable
{
    private readonly TestKernel _kernel = new(gatekeeper: new CountingGatekeeper { MemoryLimit = 0x10000 });

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void Create_GatekeeperRefuses_ThrowsItsReason()
    {
        using LoadedImage image = _kernel.Load(slot => [slot.Idle()]);
        var options = new MachineOptions { Image = image, Observer = _kernel.Observer };
        for (int i = 0; i < 4; i++)
        {
            _kernel.Kernel.Create(options);
        }

        Assert.Equal("full", Assert.Throws<KernelException>(() => _kernel.Kernel.Create(options)).Message);
        Assert.Equal(4, _kernel.Kernel.MachineCount);
    }

    [Fact]
    public void Create_BindingFails_DestroysTheSlot()
    {
        _kernel.Engine.AfterBind = () => throw new EngineException("no memory");

        Assert.Equal(
            "no memory", Assert.Throws<EngineException>(() => _kernel.Start(slot => [slot.Terminate(0)])).Message);
        AssertNothingTaken();
        Assert.Equal(0, _kernel.Engine.LiveSlotCount);
    }

    [Fact]
    public void Create_LimitBelowWhatTheImageNeeds_IsRefused()
    {
        KernelException refusal = Assert.Throws<KernelException>(
            () => _kernel.Start(slot => [slot.Terminate(0)], limitBytes: 0x3FFF));

        Assert.Equal(
            "the limit of 16383 bytes is below the 16384 that the image needs at once: raise it", refusal.Message);
        AssertNothingTaken();
    }

    [Fact]
    public void Create_ArgumentsTooLongOrWithNul_AreRefused()
    {
        using LoadedImage image = _kernel.Load(slot => [slot.Terminate(0)]);
        string[][] refused = [[new string('x', 4096)], ["a\0b"], [.. Enumerable.Repeat("", 4097)]];

        Assert.All(refused, arguments => Assert.Throws<KernelException>(() => _kernel.Kernel.Create(
            new MachineOptions { Image = image, Observer = _kernel.Observer, Arguments = arguments })));
        AssertNothingTaken();
        ulong id = _kernel.Kernel.Create(new MachineOptions
        {
            Image = image,
            Observer = _kernel.Observer,
            Arguments = [new string('x', 4095)],
        });
        _kernel.Observer.WaitForEnd(id);
    }

    [Fact]
    public void Create_EngineMakesNoSlot_GivesEverythingBack()
    {
        _kernel.Engine.BeforeCreateSlot = () => throw new EngineException("no slot");

        Assert.Throws<EngineException>(() => _kernel.Start(slot => [slot.Terminate(0)]));
        AssertNothingTaken();

        _kernel.Engine.BeforeCreateSlot = () => { };
        Assert.Equal(ExitCause.Terminated, _kernel.Run(slot => [slot.Terminate(0)]).Cause);
    }

    [Fact]
    public void Commands_ForAMachineThatIsBeingMade_DoNothing()
    {
        // Whoever guesses its number may send them; the caller of Create does not know it yet. The other VM's end shows
        // that the worker has read them.
        ulong other = _kernel.Start(slot => [slot.Idle(), slot.Terminate(0)]);
        _kernel.Engine.BeforeCreateSlot = () =>
        {
            _kernel.Kernel.Kill(other + 1);
            _kernel.Kernel.ResumeConsole(other + 1);
            _kernel.Kernel.RequestTermination(other + 1);
            _kernel.Kernel.SendConsoleInput(other + 1, new byte[10]);
            _kernel.Kernel.RequestTermination(other);
            _kernel.Observer.WaitForEnd(other);
        };

        MachineExit exit = _kernel.Run(slot => [slot.Terminate((ulong)slot.Page.PendingInterrupts)]);

        Assert.Equal(ExitCause.Terminated, exit.Cause);
        Assert.Equal(0u, exit.Code);
    }

    [Fact]
    public void Load_ImageForAnotherProcessorOrDevice_IsRefused()
    {
        using var old = new TestKernel(engine: new FakeEngine { ProcessorLevel = 2 });
        Assert.Contains("x86-64-v3", Refusal(old, note => note), StringComparison.Ordinal);
        Assert.Contains("Control", Refusal(_kernel, note => note with { RequiredFeatures = FeatureBits.Control }),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Create_WithoutTheNetworkThatTheImageNeeds_IsRefused()
    {
        using LoadedImage image = _kernel.Kernel.Load(
            TestKernel.MakeImage(note => note with { RequiredFeatures = FeatureBits.Nic }));
        var options = new MachineOptions { Image = image, Observer = _kernel.Observer };

        Assert.Equal(
            "the image needs a network interface: attach the VM to the virtual LAN",
            Assert.Throws<KernelException>(() => _kernel.Kernel.Create(options)).Message);
    }

    [Fact]
    public void Create_WithoutAnAddressLeft_IsRefusedAndNothingIsLeft()
    {
        using var small = new TestKernel(lan: new LanOptions
        {
            Ipv4Network = Denali.Net.IpAddress.FromIpv4(0xC0A8_0700),
            Ipv4PrefixLength = 24,
        });
        using LoadedImage image = small.Load(slot => [slot.Idle()]);
        var options = new MachineOptions { Image = image, Observer = small.Observer, Network = new NetworkOptions() };
        for (int i = 0; i < small.Kernel.Switch.Addressing.MachineMax; i++)
        {
            small.Kernel.Create(options);
        }

        Assert.Equal(
            "the virtual LAN has no address left for VM 239: choose a prefix shorter than /24",
            Assert.Throws<KernelException>(() => small.Kernel.Create(options)).Message);
        Assert.Equal(239, small.Gatekeeper.Machines);
        Assert.Equal(239, small.Kernel.MachineCount);
        Assert.Equal(239, small.Engine.LiveSlotCount);
    }

    [Fact]
    public void Create_ThatFails_LeavesNothingOnTheLan()
    {
        _kernel.Engine.AfterBind = () => throw new EngineException("no memory");
        Assert.Throws<EngineException>(
            () => _kernel.Start(slot => [slot.Terminate(0)], network: new NetworkOptions { Group = 7 }));
        _kernel.Engine.AfterBind = () => { };
        Assert.Throws<KernelException>(() => _kernel.Start(
            slot => [slot.Terminate(0)], network: new NetworkOptions { BytesPerSecond = ulong.MaxValue }));
        AssertNothingTaken();
        AssertNobodyIsOnTheLan();

        // The next one has the same place, and no network.
        Assert.Equal(ExitCause.Terminated, _kernel.Run(slot => [slot.Terminate(0)]).Cause);
        AssertNobodyIsOnTheLan();
    }

    [Fact]
    public void Create_WithAnImpossibleRate_IsRefused()
    {
        using LoadedImage image = _kernel.Load(slot => [slot.Idle()]);
        var options = new MachineOptions
        {
            Image = image,
            Observer = _kernel.Observer,
            Network = new NetworkOptions { FramesPerSecond = ulong.MaxValue },
        };

        Assert.Contains(
            "is too high a limit", Assert.Throws<KernelException>(() => _kernel.Kernel.Create(options)).Message);
    }

    [Theory]
    [InlineData(1ul)]
    [InlineData(AddressMap.MemoryMinBytes - 1)]
    [InlineData(AddressMap.MemoryMinBytes + 1)]
    [InlineData(AddressMap.MemoryMaxBytes + AddressMap.ChunkBytes)]
    [InlineData(ulong.MaxValue)]
    public void Load_ImpossibleMemorySize_IsRefused(ulong memoryBytes) =>
        Assert.Throws<KernelException>(() => _kernel.Kernel.Load(TestKernel.MakeImage(), memoryBytes));

    [Fact]
    public void PrepareSlots_ThenCreate_UsesThem()
    {
        _kernel.Kernel.PrepareSlots(TestKernel.MemoryBytes, 3);
        Assert.Equal(3, _kernel.Engine.LiveSlotCount);

        _kernel.Run(slot => [slot.Terminate(0)]);
        Assert.Equal(3, _kernel.Engine.LiveSlotCount);
    }

    private static string Refusal(TestKernel kernel, Func<ImageNote, ImageNote> change) =>
        Assert.Throws<KernelException>(() => kernel.Kernel.Load(TestKernel.MakeImage(change))).Message;

    private void AssertNobodyIsOnTheLan()
    {
        Assert.False(_kernel.Kernel.Switch.Ports.TryFind(0, out _, out _));
        Assert.Equal(0, _kernel.Kernel.Switch.BuffersInUse);
    }

    private void AssertNothingTaken()
    {
        Assert.Equal(0, _kernel.Kernel.MachineCount);
        Assert.Equal(0, _kernel.Gatekeeper.Machines);
        Assert.Equal(0u, _kernel.Gatekeeper.Bytes);
    }
}
