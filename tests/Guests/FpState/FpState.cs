// SPDX-License-Identifier: MIT
using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using GuestTests;
using Ilwaco;

/// <summary>
/// Tests that each thread finds all its registers as they were: general, flags, SSE, AVX, x87, control words and red
/// zone, when it is preempted at any instruction; control words also when it gives way by itself.
/// </summary>
internal static unsafe class FpState
{
    private const uint DefaultMxcsr = 0x1F80;
    private const ulong DefaultX87Control = 0x037F;
    // Bits of the mxcsr that arithmetic sets.
    private const ulong ExceptionFlags = 0x3F;
    private const int RoundingShiftMxcsr = 13;
    private const int RoundingShiftX87 = 10 + 32;

    private static ulong s_until;
    private static long s_rounds;
    private static ulong s_control;

    private static int Main()
    {
        TestReport.Begin("fpstate"u8);
        TestReport.Run("preemption_keeps_all_registers"u8, &PreemptionKeepsAllRegisters);
        TestReport.Run("switch_keeps_control_words"u8, &SwitchKeepsControlWords);
        TestReport.Run("idle_keeps_control_words"u8, &IdleKeepsControlWords);
        TestReport.Run("new_thread_has_default_control_words"u8, &NewThreadHasDefaultControlWords);
        TestReport.Run("callback_does_not_disturb_arithmetic"u8, &CallbackDoesNotDisturbArithmetic);
        return TestReport.End("fpstate"u8);
    }

    private static void PreemptionKeepsAllRegisters()
    {
        s_rounds = 0;
        s_until = Clock.MonotonicNs + (800 * Clock.NsPerMs);

        // The timer interrupts in the middle of slices too, and its callback uses the vector registers.
        byte[] from = new byte[100];
        byte[] to = new byte[100];
        Timer timer = new(() => from.AsSpan().CopyTo(to));
        timer.SetPeriodic(Clock.NsPerMs);
        GuestThread[] threads = new GuestThread[6];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = GuestThread.Start(&SpinUntil, (void*)(i + 1));
        }

        foreach (GuestThread thread in threads)
        {
            thread.Join();
        }

        timer.Stop();
        TestReport.CheckRange(s_rounds, 20, long.MaxValue, "rounds"u8);
        TestReport.Value("fpstate_rounds"u8, (ulong)s_rounds);
    }

    private static void SpinUntil(void* number)
    {
        Registers wanted = default;
        byte* bytes = (byte*)&wanted;
        for (int i = 0; i < sizeof(Registers); i++)
        {
            bytes[i] = (byte)((i * 7) + ((int)number * 31));
        }

        // Rounding modes differ; so do flush-to-zero and precision. All exceptions stay masked.
        uint mode = (uint)number % 4;
        wanted.Mxcsr = DefaultMxcsr | (mode << RoundingShiftMxcsr) | ((uint)number > 3 ? 0x8000u : 0);
        wanted.X87Control = (ushort)(0x7F | (mode << 10) | ((uint)number > 3 ? 0x200u : 0x300u));
        wanted.Reserved = 0;
        wanted.X87A = (double)(long)number * 1.5;
        wanted.X87B = -3.25 + (long)number;
        wanted.X87C = 1e10 * (long)number;
        wanted.Carry = 1;
        while (Clock.MonotonicNs < s_until)
        {
            Registers found = default;
            Spin(&wanted, &found, 3_000_000);
            Interlocked.Increment(ref s_rounds);
            for (int i = 0; i < sizeof(Registers); i++)
            {
                TestReport.CheckEqual(((byte*)&found)[i] == bytes[i] ? -1 : i, -1, "offset of a wrong byte"u8);
            }
        }
    }

    private static void SwitchKeepsControlWords()
    {
        GuestThread[] threads = new GuestThread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = GuestThread.Start(&YieldWithControl, (void*)i);
        }

        foreach (GuestThread thread in threads)
        {
            thread.Join();
        }

        TestReport.Check(Control() == Default, "the joining thread has other control words"u8);
    }

    private static void YieldWithControl(void* mode)
    {
        ulong control = WithRounding((uint)mode);
        SetControl(control);
        for (int i = 0; i < 100; i++)
        {
            GuestThread.Yield();
            TestReport.Check(Control() == control, "other control words behind a switch"u8);
        }
    }

    private static void IdleKeepsControlWords()
    {
        ulong control = WithRounding(1);
        SetControl(control);
        GuestThread.Sleep(5 * Clock.NsPerMs);
        ulong found = Control();
        SetControl(Default);
        TestReport.Check(found == control, "other control words behind an idle"u8);
    }

    private static void NewThreadHasDefaultControlWords()
    {
        SetControl(WithRounding(2));
        GuestThread thread = GuestThread.Start(() => s_control = Control());
        thread.Join();
        SetControl(Default);
        TestReport.Check(s_control == Default, "a new thread has other control words"u8);
    }

    private static void CallbackDoesNotDisturbArithmetic()
    {
        // The interrupted thread rounds towards zero; the callback must not, and must not change that.
        double sum = 0;
        Timer timer = new(() => s_control = Control());
        s_control = 0;
        SetControl(WithRounding(3));
        timer.SetPeriodic(Clock.NsPerMs);
        ulong end = Clock.MonotonicNs + (50 * Clock.NsPerMs);
        while (Clock.MonotonicNs < end)
        {
            sum = 0;
            for (int i = 1; i <= 1000; i++)
            {
                sum += 1.0 / i;
            }
        }

        timer.Stop();
        ulong found = Control() & ~ExceptionFlags;
        SetControl(Default);
        TestReport.Check(found == WithRounding(3), "the thread has other control words"u8);
        TestReport.Check((s_control & ~ExceptionFlags) == Default, "the callback ran with those of the thread"u8);
        TestReport.Check(sum is > 7.48547086 and < 7.48547087, "the sum is wrong"u8);
    }

    private static ulong Default => DefaultMxcsr | (DefaultX87Control << 32);

    private static ulong WithRounding(uint mode) =>
        Default | ((ulong)mode << RoundingShiftMxcsr) | ((ulong)mode << RoundingShiftX87);

    [RuntimeImport("*", "fpstate_spin")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void Spin(Registers* wanted, Registers* found, ulong rounds);

    [RuntimeImport("*", "fpstate_control")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern ulong Control();

    [RuntimeImport("*", "fpstate_set_control")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void SetControl(ulong control);

    // The assembler knows the offsets. Vector registers, general registers and red zone are filled as bytes.
    [StructLayout(LayoutKind.Explicit, Size = 544 + (13 * 8) + (16 * 8))]
    private struct Registers
    {
        [FieldOffset(512)] internal uint Mxcsr;
        [FieldOffset(516)] internal ushort X87Control;
        [FieldOffset(518)] internal ushort Reserved;
        [FieldOffset(520)] internal double X87A;
        [FieldOffset(528)] internal double X87B;
        [FieldOffset(536)] internal double X87C;
        [FieldOffset(640)] internal ulong Carry;
    }
}
