// SPDX-License-Identifier: MIT
using System;
using System.Runtime.CompilerServices;
using Ilwaco;

/// <summary>
/// Breaks in the way that its argument names, each of which must end the VM with a report and touch nothing else.
/// Without an argument it ends well; with one that it does not know it ends with 1.
/// </summary>
internal static unsafe class Panics
{
    private static int Main()
    {
        ReadOnlySpan<byte> way = Arguments.At(1);
        if (way.IsEmpty)
        {
            return 0;
        }

        if (way.SequenceEqual("stack"u8))
        {
            return Recurse(1);
        }

        if (way.SequenceEqual("memory"u8))
        {
            return new byte[Hide(1_000_000_000)].Length;
        }

        if (way.SequenceEqual("free"u8))
        {
            Heap.Free((void*)Hide((nint)0x20000));
        }

        if (way.SequenceEqual("code"u8))
        {
            *(byte*)Hide((nint)0x20000) = 0;
        }

        if (way.SequenceEqual("data"u8))
        {
            byte* code = stackalloc byte[1];
            *code = 0xC3;
            ((delegate* unmanaged<void>)Hide((nint)code))();
        }

        return Check(way);
    }

    private static int Check(ReadOnlySpan<byte> way)
    {
        if (way.SequenceEqual("throw"u8))
        {
            throw new InvalidOperationException("The guest is broken on purpose");
        }

        if (way.SequenceEqual("index"u8))
        {
            int[] three = new int[3];
            return three[Hide(5)];
        }

        if (way.SequenceEqual("span"u8))
        {
            return "abc"u8.Slice(Hide(2), 2)[0];
        }

        if (way.SequenceEqual("null"u8))
        {
            return Hide<string?>(null)!.Length;
        }

        if (way.SequenceEqual("divide"u8))
        {
            return 5 / Hide(0);
        }

        if (way.SequenceEqual("overflow"u8))
        {
            return checked(Hide(int.MaxValue) + 1);
        }

        if (way.SequenceEqual("cast"u8))
        {
            return (int)Hide<object>("text");
        }

        if (way.SequenceEqual("array"u8))
        {
            object[] texts = Hide<object[]>(new string[1]);
            texts[0] = Hide<object>(1);
        }

        return 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int depth)
    {
        Span<int> frame = stackalloc int[64];
        frame[depth & 63] = depth;
        return Recurse(depth + 1) + frame[(depth + 1) & 63];
    }

    // A value that the compiler cannot see through.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T Hide<T>(T value) => value;
}
