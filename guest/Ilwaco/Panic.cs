// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using Denali.Hardware;
using Internal.Runtime;

namespace Ilwaco;

/// <summary>The end of a guest whose own invariants are broken. Nothing is unwound and nothing is cleaned up.</summary>
/// <remarks>The kernel reports the message and, from the image's unwind tables, who called whom.</remarks>
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

    /// <summary>Ends the VM with a message if a condition is false. It is always compiled in.</summary>
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
    [RuntimeExport("RhpThrowEx")]
    private static void Throw(Exception? exception)
    {
        Utf8Writer writer = new(stackalloc byte[MessageMaxBytes]);
        if (exception is not null)
        {
            writer.Write(exception.Message);
            WritePlace(ref writer, exception.File, exception.Line);
        }

        VirtualInstructions.Fault(FaultCode.Panic, writer.Written);
    }

    // A check of the compiler or of the core library failed.
    [DoesNotReturn]
    [RuntimeExport("denali_check_failed")]
    private static void CheckFailed(CheckFailure failure)
    {
        Utf8Writer writer = new(stackalloc byte[MessageMaxBytes]);
        writer.Write(MessageOf(failure));
        VirtualInstructions.Fault(FaultCode.Panic, writer.Written);
    }

    private static ReadOnlySpan<byte> MessageOf(CheckFailure failure) => failure switch
    {
        CheckFailure.IndexOutOfRange => "An index lies outside the array or span"u8,
        CheckFailure.ArgumentOutOfRange => "An argument lies outside its range"u8,
        CheckFailure.ArgumentInvalid => "An argument does not fit"u8,
        CheckFailure.DestinationTooShort => "The destination of a copy is too short"u8,
        CheckFailure.NullReference => "A null reference was used"u8,
        CheckFailure.InvalidCast => "An object is not of the type that it was cast to"u8,
        CheckFailure.ArrayTypeMismatch => "An object does not fit into an array of another type"u8,
        CheckFailure.Overflow => "A checked calculation left the range of its type"u8,
        CheckFailure.DivideByZero => "An integer was divided by zero"u8,
        CheckFailure.NotSupported => "The operation is not supported"u8,
        CheckFailure.NotCompiled => "Code ran that could not be compiled"u8,
        _ => "Code ran that the compiler had left out"u8,
    };

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
