// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics.CodeAnalysis;

namespace Internal.Runtime.CompilerHelpers;

/// <summary>Where compiled code goes when a check fails. ILC calls these methods by name.</summary>
internal static class ThrowHelpers
{
    [DoesNotReturn]
    private static void ThrowIndexOutOfRangeException() => ThrowHelper.Fail(CheckFailure.IndexOutOfRange);

    [DoesNotReturn]
    private static void ThrowNullReferenceException() => ThrowHelper.Fail(CheckFailure.NullReference);

    [DoesNotReturn]
    private static void ThrowOverflowException() => ThrowHelper.Fail(CheckFailure.Overflow);

    [DoesNotReturn]
    private static void ThrowDivideByZeroException() => ThrowHelper.Fail(CheckFailure.DivideByZero);

    [DoesNotReturn]
    private static void ThrowArrayTypeMismatchException() => ThrowHelper.Fail(CheckFailure.ArrayTypeMismatch);

    [DoesNotReturn]
    private static void ThrowArgumentException() => ThrowHelper.Fail(CheckFailure.ArgumentInvalid);

    [DoesNotReturn]
    private static void ThrowArgumentOutOfRangeException() => ThrowHelper.Fail(CheckFailure.ArgumentOutOfRange);

    [DoesNotReturn]
    private static void ThrowNotImplementedException() => ThrowHelper.Fail(CheckFailure.NotSupported);

    [DoesNotReturn]
    private static void ThrowNotSupportedException() => ThrowHelper.Fail(CheckFailure.NotSupported);

    [DoesNotReturn]
    private static void ThrowPlatformNotSupportedException() => ThrowHelper.Fail(CheckFailure.NotSupported);

    [DoesNotReturn]
    private static void ThrowTypeLoadException() => ThrowHelper.Fail(CheckFailure.NotCompiled);

    [DoesNotReturn]
    private static void ThrowInvalidProgramException() => ThrowHelper.Fail(CheckFailure.NotCompiled);

    [DoesNotReturn]
    private static void ThrowFeatureBodyRemoved() => ThrowHelper.Fail(CheckFailure.LeftOut);

    [DoesNotReturn]
    private static void ThrowInstanceBodyRemoved() => ThrowHelper.Fail(CheckFailure.LeftOut);

    [DoesNotReturn]
    private static void ThrowUnavailableType() => ThrowHelper.Fail(CheckFailure.LeftOut);

    [DoesNotReturn]
    private static void ThrowBodyRemoved() => ThrowHelper.Fail(CheckFailure.LeftOut);
}
