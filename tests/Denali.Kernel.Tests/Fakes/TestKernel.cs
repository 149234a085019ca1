// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using Denali.Hardware;
using Denali.Images;
using Denali.Images.Tests;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Scheduling;
using Xunit;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>A whole kernel on a <see cref="FakeEngine"/>. Disposing checks that it gave everything back.</summary>
internal sealed class TestKernel : IDisposable
{
    internal const ulong MemoryBytes = AddressMap.MemoryMinBytes;

    private bool _isDisposed;

    internal TestKernel(
        int workers = 1,
        CountingGatekeeper? gatekeeper = null,
        FakeEngine? engine = null,
        LanOptions? lan = null,
        string? tapName = null,
        IReadOnlyCollection<uint>? tapGroups = null,
        InterruptDelivery delivery = InterruptDelivery.Batched,
        int slotLimit = 4096,
        FaultySwapDevice? swap = null,
        ulong parkedLimitBytes = ulong.MaxValue,
        ulong swapBytes = 64 << 20)
    {
        Engine = engine ?? new FakeEngine();
        Gatekeeper = gatekeeper ?? new CountingGatekeeper();
        Kernel = new IsolationKernel(Engine, new KernelOptions
        {
            WorkerCount = workers,
            Gatekeeper = Gatekeeper,
            Lan = lan ?? new LanOptions(),
            TapName = tapName,
            TapGroups = tapGroups,
            InterruptDelivery = delivery,
            SlotLimit = slotLimit,
            Swap = swap is null ? null : new SwapOptions { Path = "", Device = swap, MaxBytes = swapBytes },
            ParkedLimitBytes = parkedLimitBytes,
        });
    }

    internal FakeEngine Engine { get; }

    internal CountingGatekeeper Gatekeeper { get; }

    internal TestObserver Observer { get; } = new();

    internal IsolationKernel Kernel { get; }

    internal ulong NowNs => Engine.Clock.NowNs;

    /// <summary>An image with the code, constants and data that <see cref="ElfBuilder"/> gives it.</summary>
    internal static DenaliImage MakeImage(Func<ImageNote, ImageNote>? change = null)
    {
        var builder = new ElfBuilder();
        var note = new ImageNote
        {
            ArchitectureVersion = RegisterPage.CurrentVersion,
            ProcessorLevel = 3,
            MemoryBytes = MemoryBytes,
            RequiredFeatures = FeatureBits.Console,
            StackBytes = 0x8000,
            StackCount = 2,
        };
        builder.Note = change is null ? note : change(note);
        Assert.True(DenaliImage.TryParse(builder.Build(), out DenaliImage? image, out ImageError error), error.Message);
        return image;
    }

    internal LoadedImage Load(GuestProgram program)
    {
        Engine.NextProgram = program;
        return Kernel.Load(MakeImage());
    }

    /// <summary>Makes a VM that runs a program.</summary>
    internal ulong Start(
        GuestProgram program, ulong limitBytes = 0, IMachineObserver? observer = null, NetworkOptions? network = null)
    {
        using LoadedImage image = Load(program);
        return Kernel.Create(new MachineOptions
        {
            Image = image,
            Observer = observer ?? Observer,
            LimitBytes = limitBytes,
            Network = network,
        });
    }

    /// <summary>Runs a program to its end.</summary>
    internal MachineExit Run(GuestProgram program, ulong limitBytes = 0, NetworkOptions? network = null) =>
        Observer.WaitForEnd(Start(program, limitBytes, network: network));

    /// <summary>Waits for something that another thread brings about.</summary>
    internal static void WaitFor(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, TestObserver.Limit), $"{what}: not within {TestObserver.Limit}");

    internal static void WaitFor(ManualResetEventSlim signal, string what) =>
        Assert.True(signal.Wait(TestObserver.Limit), $"{what}: not within {TestObserver.Limit}");

    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        Kernel.Dispose();
        Assert.Empty(Engine.Misuse);
        Assert.Equal(0, Kernel.Switch.BuffersInUse);
        Assert.Equal(0, Engine.LiveSlotCount);
        Assert.Equal(0, Gatekeeper.Machines);
        Assert.Equal(0u, Gatekeeper.Bytes);
    }
}
