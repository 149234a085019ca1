// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The console: bytes out, bytes in.</summary>
/// <remarks>
/// <para>Output costs no exit: the kernel collects it when the VM next leaves the processor. Only a full ring rings the
/// doorbell, and if whoever reads the output is behind, the writer waits. What one call writes stays together.</para>
/// <para>Inside of critical sections nobody can wait: there, what finds no room is dropped and counted.</para>
/// <para>Any thread.</para>
/// </remarks>
public static unsafe class ConsoleDevice
{
    private static Mutex s_output = null!;
    private static Mutex s_input = null!;
    private static WaitQueue s_writers;
    private static WaitQueue s_readers;

    /// <summary>Bytes that found no room.</summary>
    public static ulong DroppedBytes { get; private set; }

    /// <summary>Writes bytes to the console.</summary>
    /// <param name="bytes">The bytes.</param>
    public static void Write(ReadOnlySpan<byte> bytes)
    {
        if (CriticalSection.IsInside)
        {
            Drop(AppendAll(bytes));
            return;
        }

        s_output.Lock();
        WriteLocked(bytes);
        s_output.Unlock();
    }

    /// <summary>Writes bytes and a line feed to the console.</summary>
    /// <param name="bytes">The bytes.</param>
    public static void WriteLine(ReadOnlySpan<byte> bytes)
    {
        if (CriticalSection.IsInside)
        {
            Drop(AppendAll(bytes));
            Drop(AppendAll("\n"u8));
            return;
        }

        s_output.Lock();
        WriteLocked(bytes);
        WriteLocked("\n"u8);
        s_output.Unlock();
    }

    /// <summary>Writes bytes as far as they find room.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>How many were written, from the start.</returns>
    public static int TryWrite(ReadOnlySpan<byte> bytes) => bytes.Length - AppendAll(bytes).Length;

    /// <summary>Waits until there is input and reads it.</summary>
    /// <param name="destination">Where the bytes go; not empty.</param>
    /// <returns>How many were read, at least 1.</returns>
    public static int Read(Span<byte> destination)
    {
        Panic.Unless(!destination.IsEmpty, "Console input without room for it"u8);
        s_input.Lock();
        CriticalSection.Enter();
        int count = Take(destination);
        while (count == 0)
        {
            _ = s_readers.Wait(InstructionPage.Never);
            count = Take(destination);
        }

        CriticalSection.Leave();
        s_input.Unlock();
        return count;
    }

    /// <summary>Reads what input there is.</summary>
    /// <param name="destination">Where the bytes go.</param>
    /// <returns>How many were read, 0 if there is none.</returns>
    public static int TryRead(Span<byte> destination)
    {
        CriticalSection.Enter();
        int count = Take(destination);
        CriticalSection.Leave();
        return count;
    }

    /// <summary>Waits for a line of input and reads it.</summary>
    /// <param name="destination">Where the line goes; of a longer one the rest is lost.</param>
    /// <returns>Its length, without the line feed and a carriage return before it.</returns>
    public static int ReadLine(Span<byte> destination)
    {
        s_input.Lock();
        CriticalSection.Enter();
        int length = 0;
        bool ended = false;
        while (!ended)
        {
            length += TakeLine(destination.Slice(length), out ended);
            if (!ended)
            {
                _ = s_readers.Wait(InstructionPage.Never);
            }
        }

        CriticalSection.Leave();
        s_input.Unlock();
        return length != 0 && destination[length - 1] == (byte)'\r' ? length - 1 : length;
    }

    /// <summary>Makes what cannot be made before the heap works.</summary>
    internal static void Initialize()
    {
        s_output = new Mutex();
        s_input = new Mutex();
    }

    /// <summary>
    /// The console interrupt: input arrived, or output has room again. Called inside a critical section.
    /// </summary>
    internal static void OnInterrupt()
    {
        s_writers.WakeAll();
        s_readers.WakeAll();
    }

    private static void WriteLocked(ReadOnlySpan<byte> bytes)
    {
        // The interrupt that says there is room again is not taken between the look and the wait.
        CriticalSection.Enter();
        bytes = AppendAll(bytes);
        while (!bytes.IsEmpty)
        {
            _ = s_writers.Wait(InstructionPage.Never);
            bytes = AppendAll(bytes);
        }

        CriticalSection.Leave();
    }

    private static void Drop(ReadOnlySpan<byte> bytes) => DroppedBytes += (uint)bytes.Length;

    // Returns what found no room even after the kernel had a look.
    private static ReadOnlySpan<byte> AppendAll(ReadOnlySpan<byte> bytes)
    {
        CriticalSection.Enter();
        bytes = Append(bytes);
        bool progress = true;
        while (!bytes.IsEmpty && progress)
        {
            VirtualInstructions.Doorbell(Device.Console);
            ReadOnlySpan<byte> rest = Append(bytes);
            progress = rest.Length != bytes.Length;
            bytes = rest;
        }

        CriticalSection.Leave();
        return bytes;
    }

    // Returns what found no room.
    private static ReadOnlySpan<byte> Append(ReadOnlySpan<byte> bytes)
    {
        RingProducer<GuestRingMemory> ring = new(new GuestRingMemory(VirtualRegisters.Page), ConsoleLayout.Output);
        _ = ring.Refresh();
        int count = (int)Math.Min(ring.Free, (uint)bytes.Length);
        _ = ring.TryWrite(0, bytes.Slice(0, count));
        ring.Publish((uint)count);
        return bytes.Slice(count);
    }

    private static int Take(Span<byte> destination)
    {
        RingConsumer<GuestRingMemory> ring = new(new GuestRingMemory(VirtualRegisters.Page), ConsoleLayout.Input);
        _ = ring.Refresh();
        int count = (int)Math.Min(ring.Count, (uint)destination.Length);
        _ = ring.TryRead(0, destination.Slice(0, count));
        ring.Release((uint)count);
        return count;
    }

    // Takes all input up to and including a line feed. What finds no room is lost.
    private static int TakeLine(Span<byte> destination, out bool ended)
    {
        RingConsumer<GuestRingMemory> ring = new(new GuestRingMemory(VirtualRegisters.Page), ConsoleLayout.Input);
        _ = ring.Refresh();
        int length = 0;
        uint taken = 0;
        ended = false;
        byte value = 0;
        while (!ended && ring.TryRead(taken, new Span<byte>(ref value)))
        {
            taken++;
            ended = value == (byte)'\n';
            if (!ended && length < destination.Length)
            {
                destination[length++] = value;
            }
        }

        ring.Release(taken);
        return length;
    }
}
