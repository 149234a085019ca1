// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text;
using CsCheck;
using Denali.Hardware;
using Denali.Hardware.Tests;
using Denali.Kernel.Devices;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Devices;

/// <summary>The console's rings are the guest's to write: whatever it writes, only its own bytes move.</summary>
public sealed class ConsoleDeviceTests : IDisposable
{
    private const int Canary = 0x5A;

    private readonly FakeSlot _slot = FakeSlot.Standalone();
    private readonly TestObserver _observer = new();

    public void Dispose() => _slot.Dispose();

    [Fact]
    public void Drain_EmptyRing_IsEmpty() => Assert.Equal(ConsoleDevice.DrainResult.Empty, Drain());

    [Fact]
    public void Drain_Output_GoesToTheObserver()
    {
        _slot.Print("one "u8);
        _slot.Print("two"u8);

        Assert.Equal(ConsoleDevice.DrainResult.Drained, Drain());
        Assert.Equal("one two", Encoding.ASCII.GetString(_observer.Output));
        Assert.Equal(ConsoleDevice.DrainResult.Empty, Drain());
    }

    [Fact]
    public void Drain_ObserverTakesLess_KeepsTheRest()
    {
        _slot.Print("0123456789"u8);
        _observer.Room = 4;
        Assert.Equal(ConsoleDevice.DrainResult.Blocked, Drain());
        Assert.Equal(ConsoleDevice.DrainResult.Blocked, Drain());

        _observer.Room = 100;
        Assert.Equal(ConsoleDevice.DrainResult.Drained, Drain());
        Assert.Equal("0123456789", Encoding.ASCII.GetString(_observer.Output));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(11)]
    [InlineData(int.MaxValue)]
    public void Drain_ObserverAnswersNonsense_ReleasesWhatWasThere(int answer)
    {
        _slot.Print("0123456789"u8);

        ConsoleDevice.DrainResult result = ConsoleDevice.Drain(_slot.Memory, 1, new AnsweringObserver(answer));

        Assert.Equal(answer < 0 ? ConsoleDevice.DrainResult.Blocked : ConsoleDevice.DrainResult.Drained, result);
        Assert.Equal(answer < 0 ? 10 : 0, ConsoleDevice.TakeRest(_slot.Memory).Length);
    }

    [Fact]
    public void Drain_FullRingAcrossItsEnd_KeepsTheOrder()
    {
        byte[] text = [.. Enumerable.Range(0, (int)ConsoleLayout.OutputBytes).Select(i => (byte)i)];
        _slot.Page.ConsoleOutput.Producer = _slot.Page.ConsoleOutput.Consumer = uint.MaxValue - 1000;
        Assert.Equal(text.Length, _slot.Print(text));

        Assert.Equal(ConsoleDevice.DrainResult.Drained, Drain());
        Assert.Equal(text, _observer.Output);
    }

    [Fact]
    public void TakeRest_SomethingLeft_ReturnsIt()
    {
        _slot.Print("rest"u8);
        Assert.Equal("rest"u8.ToArray(), ConsoleDevice.TakeRest(_slot.Memory));
    }

    [Fact]
    public void Feed_MoreThanFits_TakesTheStart()
    {
        byte[] input = [.. Enumerable.Range(0, 1000).Select(i => (byte)i)];
        byte[] read = new byte[2000];

        Assert.Equal((int)ConsoleLayout.InputBytes, ConsoleDevice.Feed(_slot.Memory, input));
        Assert.Equal(0, ConsoleDevice.Feed(_slot.Memory, input));
        Assert.Equal((int)ConsoleLayout.InputBytes, _slot.ReadInput(read));
        Assert.Equal(input[..(int)ConsoleLayout.InputBytes], read[..(int)ConsoleLayout.InputBytes]);
        Assert.Equal(488, ConsoleDevice.Feed(_slot.Memory, input.AsSpan((int)ConsoleLayout.InputBytes)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2049, 0)]
    [InlineData(int.MaxValue, 0)]
    [InlineData(0, 512)]
    public void CorruptIndices_CountAsEmptyAndFull(int producer, int consumer)
    {
        SetIndices((uint)producer, (uint)consumer);

        Assert.Equal(ConsoleDevice.DrainResult.Empty, Drain());
        Assert.Empty(ConsoleDevice.TakeRest(_slot.Memory));
        Assert.Equal(0, ConsoleDevice.Feed(_slot.Memory, "input"u8));
        Assert.Equal((uint)producer, _slot.Page.ConsoleOutput.Producer);
        Assert.Equal((uint)consumer, _slot.Page.ConsoleOutput.Consumer);
    }

    [Fact]
    public void RandomIndices_NothingOutsideTheRingsIsTouched() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt[0, 4096], Gen.Bool, Gen.Int[0, 3000]).Sample(
            (producer, other, distance, isNear, room) =>
            {
                SetIndices(producer, isNear ? unchecked(producer - distance) : other);
                FillAround();
                _observer.Room = room;
                Drain();
                ConsoleDevice.Feed(_slot.Memory, new byte[room]);
                ConsoleDevice.TakeRest(_slot.Memory);
                return IsUntouchedAround();
            },
            iter: Iterations.Of(3_000),
            threads: 1);

    private ConsoleDevice.DrainResult Drain() => ConsoleDevice.Drain(_slot.Memory, 1, _observer);

    private void SetIndices(uint producer, uint consumer)
    {
        _slot.Page.ConsoleOutput.Producer = _slot.Page.ConsoleInput.Producer = producer;
        _slot.Page.ConsoleOutput.Consumer = _slot.Page.ConsoleInput.Consumer = consumer;
    }

    // Everything in and behind the register page but the rings themselves.
    private static bool IsRing(int offset) => offset is (>= ConsoleLayout.InputHeader and < 0x500)
        or (>= ConsoleLayout.InputData and < ConsoleLayout.OutputData + (int)ConsoleLayout.OutputBytes);

    private void FillAround()
    {
        byte[] memory = ReadPages();
        for (int i = 0; i < memory.Length; i++)
        {
            memory[i] = IsRing(i) ? memory[i] : (byte)Canary;
        }

        Assert.True(_slot.Memory.TryWrite(AddressMap.RegisterPageBase, memory));
    }

    private bool IsUntouchedAround()
    {
        byte[] memory = ReadPages();
        return Enumerable.Range(0, memory.Length).All(i => IsRing(i) || memory[i] == Canary);
    }

    private byte[] ReadPages()
    {
        byte[] memory = new byte[2 * AddressMap.PageBytes];
        Assert.True(_slot.Memory.TryRead(AddressMap.RegisterPageBase, memory));
        return memory;
    }

    private sealed class AnsweringObserver(int answer) : Kernel.Machines.IMachineObserver
    {
        public int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) => answer;

        public void OnEnded(Kernel.Machines.MachineExit exit)
        {
        }
    }
}
