// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>Where compiled code goes when a check fails. ILC calls these methods by name.</summary>
internal static class ThrowHelpers
{
    [DoesNotReturn]
    private static void ThrowIndexOutOfRangeException() => ThrowHelper.ThrowIndexOutOfRange();

    [DoesNotReturn]
    private static void ThrowNullReferenceException() => ThrowHelper.ThrowNullReference();

    [DoesNotReturn]
    private static void ThrowOverflowException() => ThrowHelper.ThrowOverflow();

    [DoesNotReturn]
    private static void ThrowDivideByZeroException() => throw new DivideByZeroException(file: "", line: 0);

    [DoesNotReturn]
    private static void ThrowArrayTypeMismatchException() => ThrowHelper.ThrowArrayTypeMismatch();

    [DoesNotReturn]
    private static void ThrowArgumentException() => throw new ArgumentException(file: "", line: 0);

    [DoesNotReturn]
    private static void ThrowArgumentOutOfRangeException() => ThrowHelper.ThrowArgumentOutOfRange();

    [DoesNotReturn]
    private static void ThrowNotImplementedException() => throw new NotImplementedException(file: "", line: 0);

    [DoesNotReturn]
    private static void ThrowNotSupportedException() => throw new NotSupportedException(file: "", line: 0);

    [DoesNotReturn]
    private static void ThrowPlatformNotSupportedException() =>
        throw new PlatformNotSupportedException(file: "", line: 0);

    [DoesNotReturn]
    private static void ThrowTypeLoadException() => throw new TypeLoadException(file: "", line: 0);

    [DoesNotReturn]
    private static void ThrowInvalidProgramException() =>
        throw new NotSupportedException("Code that cannot be compiled", "", 0);

    [DoesNotReturn]
    private static void ThrowFeatureBodyRemoved() => throw new NotSupportedException("Code of a disabled feature", "", 0);

    [DoesNotReturn]
    private static void ThrowInstanceBodyRemoved() =>
        throw new NotSupportedException("A method of a class that has no object", "", 0);

    [DoesNotReturn]
    private static void ThrowUnavailableType() => throw new NotSupportedException("A type that was left out", "", 0);

    [DoesNotReturn]
    private static void ThrowBodyRemoved() => throw new NotSupportedException("A method that was left out", "", 0);
}
