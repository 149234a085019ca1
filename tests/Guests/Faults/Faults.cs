// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Denali.Hardware;
using Ilwaco;

/// <summary>Does the one forbidden thing that its first argument names.</summary>
internal static unsafe class Faults
{
    private const int Survived = 99;
    private static int s_zero;
    private static byte s_sink;
    private static int[] s_array = new int[4];
    private static Node? s_nothing = FindNothing();

    private static int Main()
    {
        ReadOnlySpan<byte> what = Arguments.At(1);
        ConsoleDevice.Write("before\n"u8);
        int number = (int)ParseNumber(Arguments.At(2));
        if (what.SequenceEqual("privileged"u8))
        {
            Privileged((uint)number);
        }
        else if (what.SequenceEqual("deep"u8))
        {
            return Deep();
        }
        else if (what.SequenceEqual("overflow"u8))
        {
            return Overflow(1);
        }
        else
        {
            Touch(what, number);
        }

        // Whoever comes here was not stopped.
        return Survived;
    }

    private static void Touch(ReadOnlySpan<byte> what, int number)
    {
        if (what.SequenceEqual("null-read"u8))
        {
            s_zero = s_nothing!.Value;
        }
        else if (what.SequenceEqual("null-write"u8))
        {
            s_nothing!.Value = 1;
        }
        else if (what.SequenceEqual("array"u8))
        {
            SetElement(s_array, number);
        }
        else if (what.SequenceEqual("span"u8))
        {
            s_sink = Element(stackalloc byte[8], number);
        }
        else if (what.SequenceEqual("divide"u8))
        {
            s_sink = (byte)(number / s_zero);
        }
        else if (what.SequenceEqual("throw"u8))
        {
            throw new InvalidOperationException("thrown on purpose");
        }
        else if (what.SequenceEqual("panic"u8))
        {
            Panic.Because("panicked on purpose"u8);
        }
        else
        {
            TouchMemory(what);
        }
    }

    private static void TouchMemory(ReadOnlySpan<byte> what)
    {
        if (what.SequenceEqual("text"u8))
        {
            *(byte*)AddressMap.ImageBase = 1;
        }
        else if (what.SequenceEqual("constants"u8))
        {
            fixed (byte* constant = "constant"u8)
            {
                *constant = 1;
            }
        }
        else if (what.SequenceEqual("instructions"u8))
        {
            *(byte*)AddressMap.InstructionPageBase = 1;
        }
        else if (what.SequenceEqual("arguments"u8))
        {
            *(byte*)AddressMap.ArgumentsBase = 1;
        }
        else if (what.SequenceEqual("monitor"u8))
        {
            s_sink = *(byte*)AddressMap.MonitorBase;
        }
        else if (what.SequenceEqual("outside"u8))
        {
            s_sink = *(byte*)VirtualRegisters.Page->MemoryBytes;
        }
        else
        {
            Execute(what);
        }
    }

    private static void Execute(ReadOnlySpan<byte> what)
    {
        const byte Return = 0xC3;
        if (what.SequenceEqual("execute-data"u8))
        {
            fixed (byte* code = &s_sink)
            {
                Call(code);
            }
        }
        else if (what.SequenceEqual("execute-stack"u8))
        {
            byte* code = stackalloc byte[16];
            *code = Return;
            Call(code);
        }
        else if (what.SequenceEqual("execute-heap"u8))
        {
            fixed (byte* code = new byte[] { Return })
            {
                Call(code);
            }
        }
        else if (what.SequenceEqual("execute-registers"u8))
        {
            Call((byte*)AddressMap.RegisterPageBase);
        }
    }

    // Uses the stack to within two pages of its guard.
    private static int Deep()
    {
        RegisterPage* page = VirtualRegisters.Page;
        nuint lowest = (nuint)(page->MemoryBytes - page->StackBytes) + (3 * AddressMap.PageBytes);
        return Descend(lowest, 1) > 20 ? 0 : 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Descend(nuint lowest, int depth)
    {
        byte* room = stackalloc byte[512];
        room[0] = (byte)depth;
        int deepest = (nuint)room > lowest ? Descend(lowest, depth + 1) : depth;

        // What lies on the stack is still there on the way back.
        Panic.Unless(room[0] == (byte)depth, "the stack was overwritten"u8);
        return deepest;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Overflow(int depth)
    {
        byte* room = stackalloc byte[128];
        room[0] = (byte)depth;
        return Overflow(depth + 1) + room[0];
    }

    // Methods of their own: the compiler gives all failing checks of a method the place of the last one.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void SetElement(int[] array, int index) => array[index] = 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte Element(Span<byte> span, int index) => span[index];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Call(byte* code) => ((delegate* unmanaged[SuppressGCTransition]<void>)code)();

    private static uint ParseNumber(ReadOnlySpan<byte> digits)
    {
        uint value = 0;
        foreach (byte digit in digits)
        {
            value = (value * 10) + (uint)(digit - '0');
        }

        return value;
    }

    // Never null by what the compiler knows.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Node? FindNothing() => s_array.Length == 0 ? new Node() : null;

    [RuntimeImport("*", "execute_privileged")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Privileged(uint number);

    private sealed class Node
    {
        internal int Value;
    }
}
