// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;
using Internal.Runtime;

namespace System;

/// <summary>Failed checks, out of line so that their callers stay small enough to inline.</summary>
/// <remarks>
/// They make no exception object: a failed check ends the VM, and objects for it would be in every image. (The compiler
/// may also need these methods where its first pass did not expect them, and then finds classes missing.)
/// </remarks>
internal static class ThrowHelper
{
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ThrowIndexOutOfRange() => Fail(CheckFailure.IndexOutOfRange);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ThrowArgumentOutOfRange() => Fail(CheckFailure.ArgumentOutOfRange);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ThrowDestinationTooShort() => Fail(CheckFailure.DestinationTooShort);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ThrowNullReference() => Fail(CheckFailure.NullReference);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ThrowInvalidCast() => Fail(CheckFailure.InvalidCast);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ThrowArrayTypeMismatch() => Fail(CheckFailure.ArrayTypeMismatch);

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void ThrowOverflow() => Fail(CheckFailure.Overflow);

    [DoesNotReturn]
    [RuntimeImport("*", "denali_check_failed")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void Fail(CheckFailure failure);
}
