// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using Denali.Engine;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>A VM of a test: keeps its output and its end, and waits for either with a deadline.</summary>
internal sealed class GuestMachine : IMachineObserver
{
    /// <summary>How long anything may take. Far more than it does: the machine may be busy.</summary>
    internal static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly IsolationKernel _kernel;
    private readonly int _appetite;
    private readonly ArrayBufferWriter<byte> _output = new();
    private MachineExit? _exit;
    private int _ends;

    internal GuestMachine(IsolationKernel kernel, int appetite)
    {
        _kernel = kernel;
        _appetite = appetite;
    }

    /// <summary>Its number.</summary>
    internal ulong Id { get; set; }

    /// <summary>Pieces of output that were refused in part.</summary>
    internal int Refusals { get; private set; }

    /// <summary>All output so far.</summary>
    internal byte[] Output
    {
        get
        {
            lock (_gate)
            {
                return _output.WrittenSpan.ToArray();
            }
        }
    }

    /// <summary>All output so far, as text.</summary>
    internal string Text => Encoding.UTF8.GetString(Output);

    /// <summary>The addresses that a DHCP server gave it, the last one last.</summary>
    internal ConcurrentQueue<IpAddress> Addresses { get; } = [];

    /// <summary>Whether it has ended.</summary>
    internal bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _exit is not null;
            }
        }
    }

    int IMachineObserver.OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output)
    {
        lock (_gate)
        {
            int taken = Math.Min(output.Length, _appetite);
            _output.Write(output[..taken]);
            Monitor.PulseAll(_gate);
            if (taken < output.Length)
            {
                Refusals++;
                _kernel.ResumeConsole(machineId);
            }

            return taken;
        }
    }

    void IMachineObserver.OnAddressChanged(ulong machineId, IpAddress address) => Addresses.Enqueue(address);

    void IMachineObserver.OnEnded(MachineExit exit)
    {
        lock (_gate)
        {
            _ends++;
            _output.Write(exit.RemainingOutput);
            _exit = exit;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits for the end.</summary>
    internal MachineExit WaitForEnd(TimeSpan? deadline = null)
    {
        Wait(() => _exit is not null, "its end", deadline ?? Deadline);
        Assert.Equal(1, _ends);
        Assert.True(Id == 0 || Id == _exit!.MachineId, "the end of another VM was told");
        return _exit!;
    }

    /// <summary>Waits for the end up to a limit.</summary>
    /// <returns>Whether it ended.</returns>
    internal bool TryWaitForEnd(TimeSpan limit)
    {
        long start = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            TimeSpan left = limit;
            while (_exit is null && left > TimeSpan.Zero)
            {
                _ = Monitor.Wait(_gate, left);
                left = limit - TimeProvider.System.GetElapsedTime(start);
            }

            return _exit is not null;
        }
    }

    /// <summary>Waits until its output contains a text.</summary>
    internal void WaitForOutput(string text) =>
        Wait(
            () => Encoding.UTF8.GetString(_output.WrittenSpan)
                .Contains(text, StringComparison.Ordinal),
            $"'{text}' on its console",
            Deadline);

    /// <summary>Kills it and waits for its end.</summary>
    internal MachineExit Kill()
    {
        _kernel.Kill(Id);
        return WaitForEnd();
    }

    /// <summary>Waits for the end and asserts that it ended by itself.</summary>
    internal MachineExit AssertTerminated(uint code)
    {
        MachineExit exit = WaitForEnd();
        Assert.True(
            exit.Cause == ExitCause.Terminated && exit.Code == code,
            $"expected to terminate with {code}, but {Describe(exit)}; output: {Text}");
        return exit;
    }

    /// <summary>Waits for the end and asserts that the processor stopped it.</summary>
    internal FaultSnapshot AssertFaulted(int vector)
    {
        MachineExit exit = WaitForEnd();
        Assert.True(
            exit.Cause == ExitCause.Faulted && exit.Fault?.Vector == vector,
            $"expected a fault of vector {vector}, but {Describe(exit)}; output: {Text}");
        return exit.Fault!;
    }

    /// <summary>The values that the guest reported.</summary>
    internal IReadOnlyDictionary<string, ulong> Values() => FrameParser.Values(Text);

    /// <summary>An end in words.</summary>
    internal static string Describe(MachineExit exit) => exit.Fault is { } fault
        ? $"{exit.Cause}: vector {fault.Vector} error {fault.ErrorCode:x} address {fault.Address:x} "
            + $"rip {fault.Registers.Rip:x} '{Encoding.UTF8.GetString(fault.Message)}'"
        : $"{exit.Cause} with {exit.Code}";

    private void Wait(Func<bool> condition, string what, TimeSpan deadline)
    {
        long start = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            while (!condition())
            {
                TimeSpan left = deadline - TimeProvider.System.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                {
                    string state = _exit is null ? "it still runs" : Describe(_exit);
                    Assert.Fail(
                        $"VM {Id}: waited {deadline} for {what}, but {state}; "
                        + $"output of {_output.WrittenCount} bytes ends: "
                        + Tail());
                }
            }
        }
    }

    private string Tail()
    {
        const int Shown = 400;
        int start = Math.Max(0, _output.WrittenCount - Shown);
        return Encoding.UTF8.GetString(_output.WrittenSpan[start..]);
    }
}
