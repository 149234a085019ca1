// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The console: bytes out, bytes in.</summary>
/// <remarks>
/// Output costs no exit: the kernel collects it when the VM next leaves the processor. Only a full ring rings the
/// doorbell; what then still finds no room is dropped and counted, because a guest must not stand still for its log.
/// </remarks>
public static unsafe class ConsoleDevice
{
    /// <summary>Bytes that found no room.</summary>
    public static ulong DroppedBytes { get; private set; }

    /// <summary>Writes bytes to the console.</summary>
    /// <param name="bytes">The bytes.</param>
    public static void Write(ReadOnlySpan<byte> bytes)
    {
        bytes = Append(bytes);
        while (!bytes.IsEmpty)
        {
            VirtualInstructions.Doorbell(Device.Console);
            ReadOnlySpan<byte> rest = Append(bytes);
            if (rest.Length == bytes.Length)
            {
                DroppedBytes += (uint)rest.Length;
                return;
            }

            bytes = rest;
        }
    }

    /// <summary>Writes bytes and a line feed to the console.</summary>
    /// <param name="bytes">The bytes.</param>
    public static void WriteLine(ReadOnlySpan<byte> bytes)
    {
        Write(bytes);
        Write("\n"u8);
    }

    /// <summary>Reads bytes from the console.</summary>
    /// <param name="destination">Where they go.</param>
    /// <returns>How many there were, 0 if none.</returns>
    public static int Read(Span<byte> destination)
    {
        RingConsumer<GuestRingMemory> ring = new(new GuestRingMemory(VirtualRegisters.Page), ConsoleLayout.Input);
        ring.Refresh();
        int count = (int)Math.Min(ring.Count, (uint)destination.Length);
        ring.TryRead(0, destination.Slice(0, count));
        ring.Release((uint)count);
        return count;
    }

    // Returns what found no room.
    private static ReadOnlySpan<byte> Append(ReadOnlySpan<byte> bytes)
    {
        RingProducer<GuestRingMemory> ring = new(new GuestRingMemory(VirtualRegisters.Page), ConsoleLayout.Output);
        ring.Refresh();
        int count = (int)Math.Min(ring.Free, (uint)bytes.Length);
        ring.TryWrite(0, bytes.Slice(0, count));
        ring.Publish((uint)count);
        return bytes.Slice(count);
    }
}
