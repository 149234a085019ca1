// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The end of a guest whose own invariants are broken. Nothing is unwound and nothing is cleaned up.</summary>
public static class Panic
{
    private const int MessageMaxBytes = 256;

    /// <summary>Ends the VM with a message.</summary>
    /// <param name="message">What is broken, in UTF-8.</param>
    /// <param name="file">Given by the compiler.</param>
    /// <param name="line">Given by the compiler.</param>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Because(
        ReadOnlySpan<byte> message, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        Utf8Writer writer = new(stackalloc byte[MessageMaxBytes]);
        writer.Write(message);
        WritePlace(ref writer, file, line);
        VirtualInstructions.Fault(FaultCode.Panic, writer.Written);
    }

    /// <summary>Ends the VM with a message if a condition is false. Unlike an assertion it is always compiled in.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="message">What it means if it is false, in UTF-8.</param>
    /// <param name="file">Given by the compiler.</param>
    /// <param name="line">Given by the compiler.</param>
    public static void Unless(
        [DoesNotReturnIf(false)] bool condition,
        ReadOnlySpan<byte> message,
        [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0)
    {
        if (!condition)
        {
            Because(message, file, line);
        }
    }

    /// <summary>Ends the VM because the heap has nothing left.</summary>
    /// <param name="bytes">How much was asked for.</param>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void OutOfMemory(nuint bytes)
    {
        Utf8Writer writer = new(stackalloc byte[MessageMaxBytes]);
        writer.Write("Out of memory: "u8);
        writer.WriteDecimal(bytes);
        writer.Write(" bytes asked for, "u8);
        writer.WriteDecimal(Heap.BytesInUse);
        writer.Write(" in use"u8);
        VirtualInstructions.Fault(FaultCode.OutOfMemory, writer.Written);
    }

    // What throw becomes.
    [DoesNotReturn]
    [RuntimeExport("denali_throw")]
    private static void Throw(Exception exception, nuint address)
    {
        Utf8Writer writer = new(stackalloc byte[MessageMaxBytes]);
        writer.Write(exception.Message);
        WritePlace(ref writer, exception.File, exception.Line);
        writer.Write(" at 0x"u8);
        writer.WriteHexadecimal(address);
        VirtualInstructions.Fault(FaultCode.Panic, writer.Written);
    }

    private static void WritePlace(ref Utf8Writer writer, string? file, int line)
    {
        if (line != 0)
        {
            writer.Write(" in "u8);
            writer.Write(file);
            writer.Write(":"u8);
            writer.WriteDecimal((uint)line);
        }
    }
}
