// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Devices;

/// <summary>The console: moves bytes between the rings in the register page and the VM's observer.</summary>
internal static class ConsoleDevice
{
    /// <summary>What <see cref="Drain"/> found.</summary>
    internal enum DrainResult
    {
        /// <summary>Nothing was there.</summary>
        Empty,

        /// <summary>Everything was taken.</summary>
        Drained,

        /// <summary>The observer did not take everything: the rest stays in the ring.</summary>
        Blocked,
    }

    /// <summary>Hands the output to the observer. A ring with impossible indices counts as empty.</summary>
    internal static DrainResult Drain(GuestMemory memory, ulong machineId, IMachineObserver observer)
    {
        RingConsumer<GuestRingMemory> ring = OutputOf(memory);
        if (ring.Refresh() != RingStatus.Ok || ring.Count == 0)
        {
            return DrainResult.Empty;
        }

        Span<byte> copy = stackalloc byte[(int)ConsoleLayout.OutputBytes];
        copy = copy[..(int)ring.Count];
        _ = ring.TryRead(0, copy);
        int taken = Math.Clamp(observer.OnConsoleOutput(machineId, copy), 0, copy.Length);
        ring.Release((uint)taken);
        return taken == copy.Length ? DrainResult.Drained : DrainResult.Blocked;
    }

    /// <summary>Copies what is left in the output ring of a VM that ended.</summary>
    internal static byte[] TakeRest(GuestMemory memory)
    {
        RingConsumer<GuestRingMemory> ring = OutputOf(memory);
        if (ring.Refresh() != RingStatus.Ok || ring.Count == 0)
        {
            return [];
        }

        byte[] rest = new byte[ring.Count];
        _ = ring.TryRead(0, rest);
        return rest;
    }

    /// <summary>Gives input to the VM.</summary>
    /// <returns>How many bytes fitted, from the start.</returns>
    internal static int Feed(GuestMemory memory, ReadOnlySpan<byte> input)
    {
        _ = memory.TryGetRingMemory(AddressMap.RegisterPageBase, AddressMap.PageBytes, out GuestRingMemory page);
        var ring = new RingProducer<GuestRingMemory>(page, ConsoleLayout.Input);
        if (ring.Refresh() != RingStatus.Ok)
        {
            return 0;
        }

        int count = Math.Min(input.Length, (int)ring.Free);
        _ = ring.TryWrite(0, input[..count]);
        ring.Publish((uint)count);
        return count;
    }

    private static RingConsumer<GuestRingMemory> OutputOf(GuestMemory memory)
    {
        _ = memory.TryGetRingMemory(AddressMap.RegisterPageBase, AddressMap.PageBytes, out GuestRingMemory page);
        return new RingConsumer<GuestRingMemory>(page, ConsoleLayout.Output);
    }
}
