// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Text;
using System.Threading;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;

namespace Denali.Control.Sites;

/// <summary>Hears of a VM on a kernel: keeps the end of what it said, and its disk as long as it runs.</summary>
internal sealed class KernelSiteObserver : IMachineObserver
{
    // A line or two: what a guest says before it gives up.
    private const int TailBytes = 256;

    private static uint s_groups;

    private readonly ISiteMachineObserver _observer;
    private readonly DiskImage _disk;
    private readonly byte[] _tail = new byte[TailBytes];
    private int _tailLength;

    internal KernelSiteObserver(ISiteMachineObserver observer, DiskImage disk)
    {
        _observer = observer;
        _disk = disk;
    }

    /// <summary>An isolation group that no VM of this process has had, unless four thousand million have.</summary>
    internal static uint NextGroup() => Interlocked.Increment(ref s_groups);

    int IMachineObserver.OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output)
    {
        Keep(output);
        return output.Length;
    }

    void IMachineObserver.OnReady(ulong machineId) => _observer.OnReady();

    void IMachineObserver.OnEnded(MachineExit exit)
    {
        Keep(exit.RemainingOutput);
        _disk.Dispose();
        _observer.OnEnded(Describe(exit, _tail.AsSpan(0, _tailLength)));
    }

    // The worker calls it, and after the last output the janitor: never both at once.
    private void Keep(ReadOnlySpan<byte> output)
    {
        output = output.Length > TailBytes ? output[^TailBytes..] : output;
        int kept = Math.Min(_tailLength, TailBytes - output.Length);
        _tail.AsSpan(_tailLength - kept, kept).CopyTo(_tail);
        output.CopyTo(_tail.AsSpan(kept));
        _tailLength = kept + output.Length;
    }

    /// <summary>Tells how a VM ended.</summary>
    /// <param name="exit">What the kernel says of it.</param>
    /// <param name="tail">The end of what it said itself.</param>
    internal static string Describe(MachineExit exit, ReadOnlySpan<byte> tail) => exit.Cause switch
    {
        ExitCause.OutOfMemory => $"out of memory: {ByteCount.Format(exit.ChargedBytes)} in use; raise --memory",
        ExitCause.Killed => "killed",
        ExitCause.Faulted => string.Create(
            CultureInfo.InvariantCulture,
            $"faulted (vector {exit.Fault?.Vector}, at {exit.Fault?.Registers.Rip:x}): ")
            + Printable(exit.Fault?.Message),
        _ => string.Create(
            CultureInfo.InvariantCulture, $"ended with {exit.Code}: {Printable(tail)}"),
    };

    // The text is the guest's: it gets to no terminal as it is. The last line is the one that tells most.
    private static string Printable(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> trimmed = text.TrimEnd("\r\n "u8);
        trimmed = trimmed[(trimmed.LastIndexOf((byte)'\n') + 1)..];
        if (trimmed.IsEmpty)
        {
            return "it said nothing";
        }

        var builder = new StringBuilder(trimmed.Length);
        foreach (byte value in trimmed)
        {
            builder.Append(value is >= (byte)' ' and < 127 ? (char)value : '?');
        }

        return builder.ToString();
    }
}
