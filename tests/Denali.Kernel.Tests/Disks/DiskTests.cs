// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Disks;

/// <summary>
/// Disks of VMs in a whole kernel: data arrives, errors are told, and nobody is hurt by another's disk.
/// </summary>
public sealed class DiskTests : IDisposable
{
    private readonly TestImage _image = new();
    private readonly List<(uint Tag, DiskStatus Status)> _completions = [];

    public void Dispose() => _image.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_Many_AllArriveWithTheirData(bool isCached)
    {
        _image.Disk.HasCache = isCached;
        const int Count = 60;
        byte[][] found = [];
        using var kernel = new TestKernel();

        Run(kernel, Program, _image.Disk);

        Assert.Equal(Enumerable.Range(0, Count).Select(tag => ((uint)tag, DiskStatus.Ok)), _completions.Order());
        Assert.All(Enumerable.Range(0, Count), i => Assert.Equal(_image.Sectors((ulong)(i * 4), 1), found[i]));

        IEnumerable<EngineExit> Program(FakeSlot slot)
        {
            var disk = new DiskGuest(slot);
            for (uint i = 0; i < Count; i++)
            {
                Assert.True(disk.Send(DiskGuest.Read(i * 4, tag: i, address: AddressOf(i))));
            }

            foreach (EngineExit exit in disk.Await(Count, _completions))
            {
                yield return exit;
            }

            found = [.. Enumerable.Range(0, Count).Select(i => disk.BufferAt(AddressOf((uint)i), 4096))];
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Read_OfWhatTheHostHasInMemory_CompletesAtTheSameExit()
    {
        const int Count = 20;
        using var kernel = new TestKernel();

        Run(kernel, Program, _image.Disk);

        Assert.SkipUnless(_image.Disk.HasCache, "the file system of the temporary folder does not say what is cached");
        Assert.Equal(Enumerable.Range(0, Count).Select(tag => ((uint)tag, DiskStatus.Ok)), _completions);

        IEnumerable<EngineExit> Program(FakeSlot slot)
        {
            var disk = new DiskGuest(slot);
            for (uint i = 0; i < Count; i++)
            {
                Assert.True(disk.Send(DiskGuest.Read(i, tag: i, address: AddressOf(i))));
            }

            yield return FakeSlot.Execute(Instruction.Doorbell);
            _completions.AddRange(disk.Take());
            Assert.Equal(_image.Sectors(7, 1), disk.BufferAt(AddressOf(7), 4096));
            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Requests_MoreThanTheRingHolds_AllComplete(bool isCached)
    {
        _image.Disk.HasCache = isCached;
        const int Count = 1000;
        using var kernel = new TestKernel();

        Run(kernel, Program, _image.Disk);

        Assert.Equal(Enumerable.Range(0, Count).Select(tag => (uint)tag), _completions.Select(c => c.Tag).Order());

        IEnumerable<EngineExit> Program(FakeSlot slot)
        {
            var disk = new DiskGuest(slot, entries: 4);
            for (uint sent = 0; _completions.Count < Count;)
            {
                while (sent < Count && disk.Send(DiskGuest.Read(sent % 256, tag: sent)))
                {
                    sent++;
                }

                yield return slot.Idle();
                slot.Take();
                _completions.AddRange(disk.Take());
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Requests_Bad_AreToldBesideGoodOnes()
    {
        using var kernel = new TestKernel();

        Run(kernel, Program, _image.Disk);

        Assert.Equal(
            [(0u, DiskStatus.Ok), (1u, DiskStatus.Invalid), (2u, DiskStatus.ReadOnly), (3u, DiskStatus.Ok)],
            _completions.Order());

        IEnumerable<EngineExit> Program(FakeSlot slot)
        {
            var disk = new DiskGuest(slot);
            disk.Send(DiskGuest.Read(0, tag: 0));
            disk.Send(DiskGuest.Read(9999, tag: 1));
            disk.Send(DiskGuest.Read(0, tag: 2) with { Operation = DiskOperation.Write });
            disk.Send(DiskGuest.Read(0, tag: 3) with { Operation = DiskOperation.Flush });
            foreach (EngineExit exit in disk.Await(4, _completions))
            {
                yield return exit;
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void WriteDiscardFlush_OnAWritableDisk_ReachTheFile()
    {
        using var image = new TestImage(isReadOnly: false);
        using var kernel = new TestKernel();
        byte[] written = [.. Enumerable.Range(0, 8192).Select(i => (byte)(i * 7))];

        Run(kernel, Program, image.Disk);

        Assert.All(_completions, completion => Assert.Equal(DiskStatus.Ok, completion.Status));
        byte[] expected = [.. image.Content];
        written.CopyTo(expected, 4096);
        expected.AsSpan(5 * 4096, 4096).Clear();
        Assert.True(expected.SequenceEqual(File.ReadAllBytes(image.Path)));

        IEnumerable<EngineExit> Program(FakeSlot slot)
        {
            var disk = new DiskGuest(slot);
            slot.Memory.TryWrite(DiskGuest.Buffers, written);
            disk.Send(DiskGuest.Read(1, 2) with { Operation = DiskOperation.Write });
            disk.Send(DiskGuest.Read(5) with { Operation = DiskOperation.Discard });
            disk.Send(DiskGuest.Read(0) with { Operation = DiskOperation.Flush });
            foreach (EngineExit exit in disk.Await(3, _completions))
            {
                yield return exit;
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Read_OfAFileThatWasCutOff_IsAnError()
    {
        using var kernel = new TestKernel();
        using (FileStream file = File.Open(_image.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(6000);
        }

        Run(kernel, Program, _image.Disk);

        Assert.Equal([(0u, DiskStatus.Ok), (1u, DiskStatus.InputOutput)], _completions.Order());

        IEnumerable<EngineExit> Program(FakeSlot slot)
        {
            var disk = new DiskGuest(slot);
            disk.Send(DiskGuest.Read(0, tag: 0));
            disk.Send(DiskGuest.Read(0, 2, tag: 1, address: DiskGuest.Buffers + 0x1_0000));
            foreach (EngineExit exit in disk.Await(2, _completions))
            {
                yield return exit;
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Completions_NeverTaken_StopRequestsAndNothingElse()
    {
        using var kernel = new TestKernel();
        ulong id = Start(kernel, Greedy, _image.Disk);

        Run(kernel, Modest, _image.Disk);

        Assert.Single(_completions);
        kernel.Kernel.Kill(id);
        kernel.Observer.WaitForEnd(id);

        IEnumerable<EngineExit> Greedy(FakeSlot slot)
        {
            var disk = new DiskGuest(slot, entries: 8);
            while (true)
            {
                while (disk.Send(DiskGuest.Read(0)))
                {
                }

                slot.Take();
                yield return FakeSlot.Execute(Instruction.Yield);
            }
        }

        IEnumerable<EngineExit> Modest(FakeSlot slot)
        {
            var disk = new DiskGuest(slot);
            disk.Send(DiskGuest.Read(3));
            foreach (EngineExit exit in disk.Await(1, _completions))
            {
                yield return exit;
            }

            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Machine_KilledWhileItReads_LeavesNothingInTheNextOne(bool isCached)
    {
        _image.Disk.HasCache = isCached;
        // All use the same slot, which must come back clean.
        using var kernel = new TestKernel();
        for (int i = 0; i < 200; i++)
        {
            using var started = new ManualResetEventSlim();
            ulong id = Start(kernel, slot => Reading(slot, started), _image.Disk);
            TestKernel.WaitFor(started, "the first read");
            kernel.Kernel.Kill(id);
            kernel.Observer.WaitForEnd(id);
            bool isClean = false;
            Run(kernel, slot => Looking(slot, clean => isClean = clean), _image.Disk);
            Assert.True(isClean);
        }

        Assert.Single(kernel.Engine.Slots);

        static IEnumerable<EngineExit> Reading(FakeSlot slot, ManualResetEventSlim started)
        {
            var disk = new DiskGuest(slot);
            while (true)
            {
                for (uint i = 0; i < 16; i++)
                {
                    disk.Send(DiskGuest.Read(i, 4));
                }

                started.Set();
                disk.Take();
                slot.Take();
                yield return FakeSlot.Execute(Instruction.Yield);
            }
        }

        static IEnumerable<EngineExit> Looking(FakeSlot slot, Action<bool> tell)
        {
            // Others' completions may come at any of these.
            for (int i = 0; i < 20; i++)
            {
                yield return FakeSlot.Execute(Instruction.Yield);
            }

            byte[] memory = new byte[TestKernel.MemoryBytes - 0x4_0000];
            slot.Memory.TryRead(0x4_0000, memory);
            tell(!memory.AsSpan().ContainsAnyExcept((byte)0));
            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Machines_MoreThanThereAreJobs_AllGetTheirTurn(bool isCached)
    {
        _image.Disk.HasCache = isCached;
        const int Machines = 40;
        const uint Reads = 50;
        using var kernel = new TestKernel(workers: 2);
        int wrong = 0;
        ulong[] ids = [.. Enumerable.Range(0, Machines).Select(_ => Start(kernel, Program, _image.Disk))];

        kernel.Observer.WaitForEnds(ids);

        Assert.Equal(0, wrong);

        IEnumerable<EngineExit> Program(FakeSlot slot)
        {
            var disk = new DiskGuest(slot);
            var completions = new List<(uint Tag, DiskStatus Status)>();
            for (uint i = 0; i < Reads; i++)
            {
                disk.Send(DiskGuest.Read(i * 5, tag: i, address: AddressOf(i)));
            }

            foreach (EngineExit exit in disk.Await((int)Reads, completions))
            {
                yield return exit;
            }

            for (uint i = 0; i < Reads; i++)
            {
                bool isSame = _image.Sectors(i * 5, 1).AsSpan().SequenceEqual(disk.BufferAt(AddressOf(i), 4096));
                Interlocked.Add(ref wrong, isSame ? 0 : 1);
            }

            yield return slot.Terminate(0);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Requests_OnTheirWay_AllocateNothingOnTheWorker(bool isCached)
    {
        _image.Disk.HasCache = isCached;
        const int Warmup = 2_000;
        const int Count = 20_000;
        using var kernel = new TestKernel();
        long allocated = -1;

        Run(kernel, Program, _image.Disk);

        Assert.Equal(0, allocated);

        IEnumerable<EngineExit> Program(FakeSlot slot)
        {
            var disk = new DiskGuest(slot);
            uint sent = 0;
            long before = 0;
            for (uint done = 0; done < Count; done += disk.TakeCount())
            {
                before = done < Warmup ? GC.GetAllocatedBytesForCurrentThread() : before;
                while (sent < done + 20 && disk.Send(DiskGuest.Read(sent % 256)))
                {
                    sent++;
                }

                yield return slot.Idle();
                slot.Take();
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Machine_WithoutTheDiskItNeeds_IsRefused()
    {
        using var kernel = new TestKernel();
        kernel.Engine.NextProgram = slot => [slot.Terminate(0)];
        using LoadedImage image = kernel.Kernel.Load(TestKernel.MakeImage(
            note => note with { RequiredFeatures = FeatureBits.Disk }));
        var options = new MachineOptions { Image = image, Observer = kernel.Observer };

        Assert.Contains(
            "needs a disk",
            Assert.Throws<KernelException>(() => kernel.Kernel.Create(options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Machine_WithTooManyDisks_IsRefused()
    {
        using var kernel = new TestKernel();

        Assert.Throws<KernelException>(
            () => Start(kernel, slot => [slot.Terminate(0)], [.. Enumerable.Repeat(_image.Disk, 9)]));
    }

    [Fact]
    public void Kernel_DisposedWhileMachinesRead_EndsThem()
    {
        var kernel = new TestKernel(workers: 2);
        ulong[] ids = [.. Enumerable.Range(0, 10).Select(_ => Start(kernel, Program, _image.Disk))];

        kernel.Dispose();

        Assert.All(ids, id => Assert.Equal(ExitCause.Killed, kernel.Observer.WaitForEnd(id).Cause));

        static IEnumerable<EngineExit> Program(FakeSlot slot)
        {
            var disk = new DiskGuest(slot);
            while (true)
            {
                disk.Send(DiskGuest.Read(0, 16));
                disk.Take();
                slot.Take();
                yield return slot.Idle();
            }
        }
    }

    private static ulong AddressOf(uint buffer) => DiskGuest.Buffers + (buffer * 4096ul);

    private static ulong Start(TestKernel kernel, GuestProgram program, params DiskImage[] disks)
    {
        using LoadedImage image = kernel.Load(program);
        return kernel.Kernel.Create(
            new MachineOptions { Image = image, Observer = kernel.Observer, Disks = disks });
    }

    private static void Run(TestKernel kernel, GuestProgram program, params DiskImage[] disks)
    {
        MachineExit exit = kernel.Observer.WaitForEnd(Start(kernel, program, disks));
        Assert.Equal((ExitCause.Terminated, 0u), (exit.Cause, exit.Code));
    }
}
