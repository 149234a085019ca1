// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests;

/// <summary>
/// After a VM's end its memory, slot, record and charge are given back, and then its observer is told.
/// </summary>
public sealed class JanitorTests : System.IDisposable
{
    private readonly FakeEngine _engine = new();
    private readonly CountingGatekeeper _gatekeeper = new();
    private readonly TestObserver _observer = new();
    private readonly ImageTable _images = new();
    private readonly LoadedImage _image;

    public JanitorTests()
    {
        _image = LoadedImage.Create(_engine, TestKernel.MakeImage(), 0);
    }

    public void Dispose()
    {
        _image.Dispose();
        _engine.Dispose();
    }

    [Fact]
    public void Stop_EverythingHandedOver_IsFinishedFirst()
    {
        const int Machines = 100;
        using var table = new MachineTable();
        using var slots = new SlotPool(_engine, 4096);
        var janitor = new Janitor(table, slots, _gatekeeper, new BlockStore(), _images, swap: null);
        var ids = new List<ulong>();
        for (int i = 0; i < Machines; i++)
        {
            ids.Add(EndOne(table, slots, janitor, _observer));
        }

        janitor.Stop();

        Assert.Equal(ids, _observer.Ended);
        Assert.Equal(0, table.Count);
        Assert.Equal(0, _gatekeeper.Machines);
        Assert.Equal(0u, _gatekeeper.Bytes);
        Assert.DoesNotContain(_engine.Slots, slot => slot.IsBound);
    }

    [Fact]
    public void Add_ObserverIsTold_WhenEverythingIsGivenBack()
    {
        using var table = new MachineTable();
        using var slots = new SlotPool(_engine, 4096);
        var janitor = new Janitor(table, slots, _gatekeeper, new BlockStore(), _images, swap: null);
        var seen = new List<(int Records, int Admitted, bool IsBound)>();
        var observer = new CallingObserver(
            () => seen.Add((table.Count, _gatekeeper.Machines, _engine.Slots.Any(slot => slot.IsBound))));
        EndOne(table, slots, janitor, observer);

        janitor.Stop();

        Assert.Equal([(0, 0, false)], seen);
    }

    [Fact]
    public void OnEnded_SlowObserver_DoesNotHoldUpOtherMachines()
    {
        using var kernel = new TestKernel();
        using var isOpen = new ManualResetEventSlim();
        var slow = new CallingObserver(() => TestKernel.WaitFor(isOpen, "the observer may go on"));
        kernel.Start(slot => [slot.Terminate(0)], observer: slow);
        int entries = 0;
        ulong other = kernel.Start(Counting);
        TestKernel.WaitFor(() => Volatile.Read(ref entries) > 1_000, "the other VM runs");
        isOpen.Set();
        kernel.Kernel.Kill(other);

        Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(other).Cause);

        IEnumerable<EngineExit> Counting(FakeSlot slot)
        {
            while (true)
            {
                Interlocked.Increment(ref entries);
                yield return FakeSlot.Execute(Instruction.Yield);
            }
        }
    }

    [Fact]
    public void Add_SlotCannotBeCleared_IsDestroyedAndEverythingElseGivenBack()
    {
        using var table = new MachineTable();
        using var slots = new SlotPool(_engine, 4096);
        var janitor = new Janitor(table, slots, _gatekeeper, new BlockStore(), _images, swap: null);
        _engine.AfterUnbind = () => throw new EngineException("no memory");
        ulong id = EndOne(table, slots, janitor, _observer);
        janitor.Stop();

        Assert.Equal([id], _observer.Ended);
        Assert.Equal(0, _engine.LiveSlotCount);
        Assert.Equal(0, table.Count);
        Assert.Equal(0u, _gatekeeper.Bytes);
    }

    private ulong EndOne(MachineTable table, SlotPool slots, Janitor janitor, IMachineObserver observer)
    {
        int index = table.Rent();
        ulong id = table[index].MachineId;
        int slot = slots.Rent(TestKernel.MemoryBytes);
        slots[slot].Bind(new FakeBase(FakeSlot.Describe(TestKernel.MemoryBytes), _ => []));
        table[index].Slot = slot;
        table[index].Image = _images.Acquire(_image);
        table.Equip(index, observer, []);
        Assert.True(_gatekeeper.TryAdmit(1_000, out _));
        var exit = new MachineExit { MachineId = id, Cause = ExitCause.Killed, ChargedBytes = 2_000 };
        janitor.Add(index, exit, heldBytes: 1_000);
        return id;
    }

    private sealed class CallingObserver(System.Action call) : IMachineObserver
    {
        public int OnConsoleOutput(ulong machineId, System.ReadOnlySpan<byte> output) => output.Length;

        public void OnEnded(MachineExit exit) => call();
    }
}
