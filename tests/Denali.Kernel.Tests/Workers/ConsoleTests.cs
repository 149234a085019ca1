// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Denali.Kernel.Tests.Swap;
using Xunit;

namespace Denali.Kernel.Tests.Workers;

/// <summary>Console bytes arrive whole and in order, however slow either side is.</summary>
public sealed class ConsoleTests : IDisposable
{
    private static readonly byte[] s_text = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];

    private readonly TestKernel _kernel = new();

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void Output_AtAnyExit_ReachesTheObserver()
    {
        _kernel.Run(Guest);

        Assert.Equal(s_text, _kernel.Observer.Output);

        static IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Print(s_text.AsSpan(0, 30));
            yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Console);
            slot.Print(s_text.AsSpan(30, 30));
            yield return FakeSlot.Execute(Instruction.Yield);
            slot.Print(s_text.AsSpan(60, 40));
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Output_Blocked_ContinuesWhenTheObserverResumes()
    {
        using var isBlocked = new ManualResetEventSlim();
        InterruptBits pending = InterruptBits.None;
        _kernel.Observer.Room = 10;
        ulong id = _kernel.Start(Guest);
        TestKernel.WaitFor(isBlocked, "the VM saw its ring stay full");
        Assert.Equal(s_text[..10], _kernel.Observer.Output);

        _kernel.Observer.Room = 1_000;
        _kernel.Kernel.ResumeConsole(id);
        _kernel.Observer.WaitForEnd(id);

        Assert.Equal(InterruptBits.Console, pending);
        Assert.Equal(s_text, _kernel.Observer.Output);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Print(s_text);
            yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Console);
            isBlocked.Set();
            yield return slot.Idle();
            pending = slot.Take();
            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Output_BlockedAtTheEnd_ComesWithTheExit()
    {
        _kernel.Observer.Room = 10;
        MachineExit exit = _kernel.Run(slot =>
        {
            slot.Print(s_text);
            return [slot.Terminate(0)];
        });

        Assert.Equal(s_text[..10], _kernel.Observer.Output);
        Assert.Equal(s_text[10..], exit.RemainingOutput);
    }

    [Fact]
    public void Output_OfAMachineThatIsKilled_IsNotLost()
    {
        using var printed = new ManualResetEventSlim();
        _kernel.Observer.Room = 0;
        ulong id = _kernel.Start(Guest);
        TestKernel.WaitFor(printed, "the VM printed");
        _kernel.Kernel.Kill(id);

        MachineExit exit = _kernel.Observer.WaitForEnd(id);
        Assert.Equal(ExitCause.Killed, exit.Cause);
        Assert.Equal(s_text, exit.RemainingOutput);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Print(s_text);
            printed.Set();
            yield return slot.Idle();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Output_BlockedForLong_GivesUpItsSlotAndLosesNothing(bool isSpinning)
    {
        using var kernel = new TestKernel(slotLimit: 1);
        kernel.Observer.Room = 10;
        ulong id = kernel.Start(Guest);
        TestKernel.WaitFor(() => kernel.Observer.Output.Length == 10, "it is blocked");
        var other = new TestObserver();
        ulong second = kernel.Start(slot => [slot.Terminate(2)], observer: other);
        Assert.Equal(2u, other.WaitForEnd(second).Code);

        kernel.Observer.Room = 1_000;
        kernel.Kernel.ResumeConsole(id);
        Assert.Equal((uint)InterruptBits.Console, kernel.Observer.WaitForEnd(id).Code);
        Assert.Equal(s_text, kernel.Observer.Output);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Print(s_text);
            yield return FakeSlot.Execute(Instruction.Doorbell, (byte)Device.Console);
            while (FakeSlot.Here.Page.PendingInterrupts == InterruptBits.None)
            {
                yield return isSpinning ? FakeSlot.Spin() : FakeSlot.Here.Idle();
            }

            yield return FakeSlot.Here.Terminate((ulong)FakeSlot.Here.Take());
        }
    }

    [Fact]
    public void Output_BlockedAndKilledWithoutASlot_ComesWithTheExit()
    {
        _kernel.Observer.Room = 0;
        ulong id = _kernel.Start(Guest);
        TestKernel.WaitFor(() => _kernel.Kernel.ParkAsync(id).Result, "it is parked");
        Assert.Equal(Residence.Parked, _kernel.Kernel.List(id).Residence);
        _kernel.Kernel.Kill(id);

        Assert.Equal(s_text, _kernel.Observer.WaitForEnd(id).RemainingOutput);
        Assert.All(_kernel.Engine.Slots, slot => Assert.False(slot.IsBound));

        static IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            slot.Print(s_text);
            yield return slot.Idle();
        }
    }

    [Fact]
    public void ResumeConsole_NothingBlocked_DoesNotWake()
    {
        using var idles = new ManualResetEventSlim();
        ulong id = _kernel.Start(Guest);
        TestKernel.WaitFor(idles, "the VM runs");
        _kernel.Kernel.ResumeConsole(id);
        _kernel.Kernel.RequestTermination(id);

        Assert.Equal((uint)InterruptBits.Terminate, _kernel.Observer.WaitForEnd(id).Code);

        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            idles.Set();
            yield return slot.Idle();
            yield return slot.Terminate((ulong)slot.Take());
        }
    }

    [Theory]
    [InlineData(1, 100)]
    [InlineData(1, 512)]
    [InlineData(1, 5_000)]
    [InlineData(40, 333)]
    public void Input_AnyAmount_ArrivesWholeAndInOrder(int pieces, int bytesPerPiece)
    {
        byte[] input = [.. Enumerable.Range(0, pieces * bytesPerPiece).Select(i => (byte)(i * 7))];
        var received = new List<byte>();
        ulong id = _kernel.Start(Guest);
        for (int i = 0; i < pieces; i++)
        {
            _kernel.Kernel.SendConsoleInput(id, input.AsMemory(i * bytesPerPiece, bytesPerPiece));
        }

        Assert.Equal(ExitCause.Terminated, _kernel.Observer.WaitForEnd(id).Cause);
        Assert.Equal(input, received);
        Assert.Equal(input.Length, _kernel.Observer.InputTaken);

        // Reads all there is, then idles, like a guest that echoes.
        IEnumerable<EngineExit> Guest(FakeSlot slot)
        {
            byte[] buffer = new byte[100];
            while (received.Count < input.Length)
            {
                for (int count = slot.ReadInput(buffer); count > 0; count = slot.ReadInput(buffer))
                {
                    received.AddRange(buffer.AsSpan(0, count));
                }

                if (received.Count < input.Length)
                {
                    slot.Take();
                    yield return slot.Idle();
                }
            }

            yield return slot.Terminate(0);
        }
    }

    [Fact]
    public void Input_ForAGuestThatNeverReads_HurtsNobody()
    {
        ulong deaf = _kernel.Start(slot => Enumerable.Repeat(0, 1_000_000).Select(_ => slot.Idle()));
        for (int i = 0; i < 50; i++)
        {
            _kernel.Kernel.SendConsoleInput(deaf, new byte[1_000]);
        }

        Assert.Equal(ExitCause.Terminated, _kernel.Run(slot => [slot.Terminate(0)]).Cause);
        _kernel.Kernel.Kill(deaf);
        Assert.Equal(ExitCause.Killed, _kernel.Observer.WaitForEnd(deaf).Cause);
        Assert.InRange(_kernel.Observer.InputTaken, 0, (int)ConsoleLayout.InputBytes);
    }
}
