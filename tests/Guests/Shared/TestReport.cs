// SPDX-License-Identifier: MIT
using System;
using Ilwaco;

namespace GuestTests;

/// <summary>
/// Runs tests inside a guest and reports them on the console, for the host to turn into test results.
/// </summary>
/// <remarks>
/// A frame is a line that starts with <c>#denali-test 1</c>: <c>begin SUITE</c>, <c>pass TEST</c>,
/// <c>fail TEST: MESSAGE</c>, <c>end SUITE PASSED FAILED</c>. A measurement is a line <c>#denali-value NAME NUMBER</c>.
/// All other lines are for people. A suite without its end has failed.
/// </remarks>
internal static unsafe class TestReport
{
    private const int LineBytes = 256;

    private static Line s_failure;
    private static int s_failureLength;
    private static int s_passed;
    private static int s_failed;

    /// <summary>Starts a suite.</summary>
    /// <param name="suite">Its name, without spaces.</param>
    internal static void Begin(ReadOnlySpan<byte> suite) => WriteFrame("begin "u8, suite, default);

    /// <summary>Runs a test and reports it.</summary>
    /// <param name="name">Its name, without spaces.</param>
    /// <param name="test">What it does; it says what is wrong with the methods below, in any thread.</param>
    internal static void Run(ReadOnlySpan<byte> name, delegate*<void> test)
    {
        s_failureLength = 0;
        test();
        if (s_failureLength == 0)
        {
            s_passed++;
            WriteFrame("pass "u8, name, default);
        }
        else
        {
            s_failed++;
            WriteFrame("fail "u8, name, s_failure[..s_failureLength]);
        }
    }

    /// <summary>Ends the suite.</summary>
    /// <param name="suite">Its name.</param>
    /// <returns>The number of failures: what Main returns.</returns>
    internal static int End(ReadOnlySpan<byte> suite)
    {
        Utf8Writer writer = new(stackalloc byte[LineBytes]);
        writer.Write("#denali-test 1 end "u8);
        writer.Write(suite);
        writer.Write(" "u8);
        writer.WriteDecimal(s_passed);
        writer.Write(" "u8);
        writer.WriteDecimal(s_failed);
        ConsoleDevice.WriteLine(writer.Written);
        return s_failed;
    }

    /// <summary>Fails the test that runs unless a condition holds. The first failure is the one reported.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="message">What it means if it does not hold.</param>
    internal static void Check(bool condition, ReadOnlySpan<byte> message)
    {
        if (!condition)
        {
            Utf8Writer writer = new(stackalloc byte[LineBytes]);
            writer.Write(message);
            Fail(writer.Written);
        }
    }

    /// <summary>Fails the test that runs unless two numbers are equal.</summary>
    /// <param name="actual">The number found.</param>
    /// <param name="expected">The number wanted.</param>
    /// <param name="what">What they count.</param>
    internal static void CheckEqual(long actual, long expected, ReadOnlySpan<byte> what)
    {
        if (actual != expected)
        {
            CheckRange(actual, expected, expected, what);
        }
    }

    /// <summary>Fails the test that runs unless a number lies in a range.</summary>
    /// <param name="actual">The number found.</param>
    /// <param name="least">The smallest that is right.</param>
    /// <param name="most">The largest that is right.</param>
    /// <param name="what">What it counts.</param>
    internal static void CheckRange(long actual, long least, long most, ReadOnlySpan<byte> what)
    {
        if (actual >= least && actual <= most)
        {
            return;
        }

        Utf8Writer writer = new(stackalloc byte[LineBytes]);
        writer.Write(what);
        writer.Write(" is "u8);
        writer.WriteDecimal(actual);
        writer.Write(", not "u8);
        writer.WriteDecimal(least);
        if (most != least)
        {
            writer.Write(" to "u8);
            writer.WriteDecimal(most);
        }

        Fail(writer.Written);
    }

    /// <summary>Reports a measurement.</summary>
    /// <param name="name">Its name with its unit, without spaces; used once in a guest.</param>
    /// <param name="value">The number.</param>
    internal static void Value(ReadOnlySpan<byte> name, ulong value)
    {
        Utf8Writer writer = new(stackalloc byte[LineBytes]);
        writer.Write("#denali-value "u8);
        writer.Write(name);
        writer.Write(" "u8);
        writer.WriteDecimal(value);
        ConsoleDevice.WriteLine(writer.Written);
    }

    private static void Fail(ReadOnlySpan<byte> message)
    {
        CriticalSection.Enter();
        if (s_failureLength == 0)
        {
            message.CopyTo(s_failure);
            s_failureLength = message.Length;
        }

        CriticalSection.Leave();
    }

    private static void WriteFrame(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> name, ReadOnlySpan<byte> message)
    {
        Utf8Writer writer = new(stackalloc byte[2 * LineBytes]);
        writer.Write("#denali-test 1 "u8);
        writer.Write(kind);
        writer.Write(name);
        if (!message.IsEmpty)
        {
            writer.Write(": "u8);
            writer.Write(message);
        }

        ConsoleDevice.WriteLine(writer.Written);
    }

    [System.Runtime.CompilerServices.InlineArray(LineBytes)]
    private struct Line
    {
        private byte _first;
    }
}
