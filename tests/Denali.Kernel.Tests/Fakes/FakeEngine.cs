// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Linux;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>An engine that runs scripts instead of guests, and keeps an eye on how the kernel uses its slots.</summary>
internal sealed class FakeEngine : IExecutionEngine
{
    public string Name => "fake";

    public uint ProcessorLevel { get; init; } = 3;

    public uint TscKhz => TestClock.TscKhz;

    /// <summary>What guests read; the kernel has another one like it.</summary>
    internal HostClock Clock { get; } = new(TestClock.TscKhz);

    /// <summary>The program of the next base.</summary>
    internal GuestProgram NextProgram { get; set; } = slot => [slot.Terminate(0)];

    /// <summary>Called before a slot is made; may throw.</summary>
    internal Action BeforeCreateSlot { get; set; } = () => { };

    /// <summary>Called at the end of giving a slot's memory back; may throw.</summary>
    internal Action AfterUnbind { get; set; } = () => { };

    /// <summary>Called when a slot has just been bound; may throw.</summary>
    internal Action AfterBind { get; set; } = () => { };

    /// <summary>Called when a VM's pages are looked for, because it is to be parked; may throw.</summary>
    internal Action BeforeFindPages { get; set; } = () => { };

    /// <summary>The programs that were started, by their numbers.</summary>
    internal List<IEnumerator<EngineExit>> Programs { get; } = [];

    /// <summary>Every slot that was made.</summary>
    internal ConcurrentQueue<FakeSlot> Slots { get; } = new();

    /// <summary>What the kernel did that it must not: two threads in one slot, use after disposing.</summary>
    internal ConcurrentQueue<string> Misuse { get; } = new();

    /// <summary>The last base that was made of a VM's state.</summary>
    internal FakeBase? LastBooted { get; private set; }

    internal int LiveSlotCount => Slots.Count(slot => !slot.IsDisposed);

    public IMemoryBase CreateBase(BaseDescription description) => new FakeBase(description, NextProgram);

    public IMemoryBase CreateBase(BaseDescription description, BaseState state)
    {
        LastBooted = new FakeBase(description, NextProgram, state);
        return LastBooted;
    }

    public IExecutionSlot CreateSlot(ulong memoryBytes)
    {
        BeforeCreateSlot();
        var slot = new FakeSlot(this, memoryBytes);
        Slots.Enqueue(slot);
        return slot;
    }

    public void Dispose()
    {
    }
}
