// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>Integer mathematics, and the floating-point operations that the processor has.</summary>
/// <remarks>Logarithms, powers and trigonometry are left out: they would need a native library.</remarks>
public static class Math
{
    /// <summary>The ratio of a circle's circumference to its diameter.</summary>
    public const double PI = 3.14159265358979323846;

    /// <summary>The base of natural logarithms.</summary>
    public const double E = 2.7182818284590452354;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte Min(sbyte val1, sbyte val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte Max(sbyte val1, sbyte val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static sbyte Clamp(sbyte value, sbyte min, sbyte max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Min(byte val1, byte val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Max(byte val1, byte val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Clamp(byte value, byte min, byte max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short Min(short val1, short val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short Max(short val1, short val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static short Clamp(short value, short min, short max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Min(ushort val1, ushort val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Max(ushort val1, ushort val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort Clamp(ushort value, ushort min, ushort max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Min(int val1, int val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Max(int val1, int val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Clamp(int value, int min, int max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Min(uint val1, uint val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Max(uint val1, uint val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Clamp(uint value, uint min, uint max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Min(long val1, long val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Max(long val1, long val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long Clamp(long value, long min, long max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Min(ulong val1, ulong val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Max(ulong val1, ulong val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Clamp(ulong value, ulong min, ulong max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Min(nint val1, nint val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Max(nint val1, nint val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint Clamp(nint value, nint min, nint max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint Min(nuint val1, nuint val2) => val1 < val2 ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint Max(nuint val1, nuint val2) => val1 > val2 ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nuint Clamp(nuint value, nuint min, nuint max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Min(float val1, float val2) =>
        val1 < val2 || float.IsNaN(val1) ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float val1, float val2) =>
        val1 > val2 || float.IsNaN(val1) ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Clamp(float value, float min, float max) => value < min ? min : value > max ? max : value;

    /// <summary>The smaller of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The smaller.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Min(double val1, double val2) =>
        val1 < val2 || double.IsNaN(val1) ? val1 : val2;

    /// <summary>The larger of two numbers.</summary>
    /// <param name="val1">A number.</param>
    /// <param name="val2">Another.</param>
    /// <returns>The larger.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(double val1, double val2) =>
        val1 > val2 || double.IsNaN(val1) ? val1 : val2;

    /// <summary>The number inside a range that is nearest to a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="min">Start of the range.</param>
    /// <param name="max">End of the range.</param>
    /// <returns>The nearest number.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Clamp(double value, double min, double max) => value < min ? min : value > max ? max : value;

    /// <summary>The number without its sign; panics for the smallest number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its magnitude.</returns>
    public static sbyte Abs(sbyte value) => value >= 0 ? value : checked((sbyte)(-value));

    /// <summary>The number without its sign; panics for the smallest number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its magnitude.</returns>
    public static short Abs(short value) => value >= 0 ? value : checked((short)(-value));

    /// <summary>The number without its sign; panics for the smallest number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its magnitude.</returns>
    public static int Abs(int value) => value >= 0 ? value : checked(-value);

    /// <summary>The number without its sign; panics for the smallest number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its magnitude.</returns>
    public static long Abs(long value) => value >= 0 ? value : checked(-value);

    /// <summary>The number without its sign; panics for the smallest number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its magnitude.</returns>
    public static nint Abs(nint value) => value >= 0 ? value : checked(-value);

    /// <summary>The number without its sign.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its magnitude.</returns>
    [Intrinsic]
    public static float Abs(float value) => Abs(value);

    /// <summary>The number without its sign.</summary>
    /// <param name="value">The number.</param>
    /// <returns>Its magnitude.</returns>
    [Intrinsic]
    public static double Abs(double value) => Abs(value);

    /// <summary>The sign of a number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>-1, 0 or 1.</returns>
    public static int Sign(int value) => value < 0 ? -1 : value > 0 ? 1 : 0;

    /// <summary>The sign of a number.</summary>
    /// <param name="value">The number.</param>
    /// <returns>-1, 0 or 1.</returns>
    public static int Sign(long value) => value < 0 ? -1 : value > 0 ? 1 : 0;

    /// <summary>The square root.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The square root.</returns>
    [Intrinsic]
    public static double Sqrt(double value) => Sqrt(value);

    /// <summary>The largest whole number that is not larger.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The largest whole number that is not larger.</returns>
    [Intrinsic]
    public static double Floor(double value) => Floor(value);

    /// <summary>The smallest whole number that is not smaller.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The smallest whole number that is not smaller.</returns>
    [Intrinsic]
    public static double Ceiling(double value) => Ceiling(value);

    /// <summary>The whole part.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The whole part.</returns>
    [Intrinsic]
    public static double Truncate(double value) => Truncate(value);

    /// <summary>The nearest whole number, the even one of two.</summary>
    /// <param name="value">The number.</param>
    /// <returns>The nearest whole number, the even one of two.</returns>
    [Intrinsic]
    public static double Round(double value) => Round(value);

    /// <summary>The product of two numbers in full.</summary>
    /// <param name="a">A number.</param>
    /// <param name="b">Another.</param>
    /// <returns>The product.</returns>
    public static ulong BigMul(uint a, uint b) => (ulong)a * b;

    /// <summary>The product of two numbers in full.</summary>
    /// <param name="a">A number.</param>
    /// <param name="b">Another.</param>
    /// <returns>The product.</returns>
    public static long BigMul(int a, int b) => (long)a * b;

    /// <summary>The product of two numbers in full.</summary>
    /// <param name="a">A number.</param>
    /// <param name="b">Another.</param>
    /// <param name="low">The low 64 bits of the product.</param>
    /// <returns>The high 64 bits.</returns>
    public static ulong BigMul(ulong a, ulong b, out ulong low)
    {
        ulong aLow = (uint)a;
        ulong aHigh = a >> 32;
        ulong bLow = (uint)b;
        ulong bHigh = b >> 32;
        unchecked
        {
            ulong lowLow = aLow * bLow;
            ulong middle = (aHigh * bLow) + (lowLow >> 32);
            ulong carry = (aLow * bHigh) + (uint)middle;
            low = a * b;
            return (aHigh * bHigh) + (middle >> 32) + (carry >> 32);
        }
    }

    /// <summary>Quotient and remainder.</summary>
    /// <param name="left">What is divided.</param>
    /// <param name="right">By what.</param>
    /// <returns>Both.</returns>
    public static (int Quotient, int Remainder) DivRem(int left, int right)
    {
        int quotient = left / right;
        return (quotient, unchecked(left - (quotient * right)));
    }

    /// <summary>Quotient and remainder.</summary>
    /// <param name="left">What is divided.</param>
    /// <param name="right">By what.</param>
    /// <returns>Both.</returns>
    public static (uint Quotient, uint Remainder) DivRem(uint left, uint right)
    {
        uint quotient = left / right;
        return (quotient, unchecked(left - (quotient * right)));
    }

    /// <summary>Quotient and remainder.</summary>
    /// <param name="left">What is divided.</param>
    /// <param name="right">By what.</param>
    /// <returns>Both.</returns>
    public static (long Quotient, long Remainder) DivRem(long left, long right)
    {
        long quotient = left / right;
        return (quotient, unchecked(left - (quotient * right)));
    }

    /// <summary>Quotient and remainder.</summary>
    /// <param name="left">What is divided.</param>
    /// <param name="right">By what.</param>
    /// <returns>Both.</returns>
    public static (ulong Quotient, ulong Remainder) DivRem(ulong left, ulong right)
    {
        ulong quotient = left / right;
        return (quotient, unchecked(left - (quotient * right)));
    }

    // ILC calls these for checked conversions. The bounds are the first numbers outside the range.
    private static int ConvertToInt32Checked(double value)
    {
        if (!(value > -2147483649.0 && value < 2147483648.0))
        {
            ThrowHelper.ThrowOverflow();
        }

        return (int)value;
    }

    private static uint ConvertToUInt32Checked(double value)
    {
        if (!(value > -1.0 && value < 4294967296.0))
        {
            ThrowHelper.ThrowOverflow();
        }

        return (uint)value;
    }

    private static long ConvertToInt64Checked(double value)
    {
        // Between this number and the next lower one there is no other.
        if (!(value >= -9223372036854775808.0 && value < 9223372036854775808.0))
        {
            ThrowHelper.ThrowOverflow();
        }

        return (long)value;
    }

    private static ulong ConvertToUInt64Checked(double value)
    {
        if (!(value > -1.0 && value < 18446744073709551616.0))
        {
            ThrowHelper.ThrowOverflow();
        }

        return (ulong)value;
    }
}
