// SPDX-License-Identifier: MIT
using System;
using System.Text;
using System.Threading;
using Denali.Kernel.Machines;

namespace Denali.Bench;

/// <summary>Collects what a VM writes, and how it ends.</summary>
internal sealed class TextObserver : IMachineObserver, IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new();
    private readonly ManualResetEventSlim _ready = new();
    private readonly ManualResetEventSlim _ended = new();
    private MachineExit? _exit;

    public int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output)
    {
        lock (_lock)
        {
            _text.Append(Encoding.ASCII.GetString(output));
        }

        return output.Length;
    }

    public void OnReady(ulong machineId) => _ready.Set();

    public void OnEnded(MachineExit exit)
    {
        lock (_lock)
        {
            _text.Append(Encoding.ASCII.GetString(exit.RemainingOutput));
            _exit = exit;
        }

        _ended.Set();
    }

    public void Dispose()
    {
        _ready.Dispose();
        _ended.Dispose();
    }

    /// <summary>Waits until the guest says that it is ready.</summary>
    internal void WaitReady()
    {
        if (!_ready.Wait(s_patience))
        {
            throw new InvalidOperationException($"the guest was not ready after {s_patience}: {_text}");
        }
    }

    /// <summary>Waits for any end.</summary>
    /// <returns>The end.</returns>
    internal MachineExit WaitGone() => _ended.Wait(s_patience)
        ? _exit!
        : throw new InvalidOperationException($"the guest had not ended after {s_patience}: {_text}");

    /// <summary>Waits for a good end.</summary>
    /// <returns>What the guest wrote.</returns>
    internal string WaitEnded()
    {
        if (!_ended.Wait(s_patience))
        {
            throw new InvalidOperationException($"the guest had not ended after {s_patience}: {_text}");
        }

        return _exit is { Cause: ExitCause.Terminated, Code: 0 }
            ? _text.ToString()
            : throw new InvalidOperationException(
                $"the guest ended: {_exit!.Cause}, code {_exit.Code}: {_text}"
                + Encoding.ASCII.GetString(_exit.Fault?.Message ?? []));
    }
}
