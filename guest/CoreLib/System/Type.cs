// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The type of a <see langword="typeof"/>. It can only be compared: there is no reflection.</summary>
public abstract unsafe class Type
{
    internal Type()
    {
    }

    /// <summary>Whether it is a structure or an enum.</summary>
    public bool IsValueType
    {
        [Intrinsic]
        get => Unsafe.As<RuntimeType>(this).MethodTable->IsValueType;
    }

    /// <summary>Whether two types are the same.</summary>
    /// <param name="left">A type.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they are the same.</returns>
    [Intrinsic]
    public static bool operator ==(Type? left, Type? right) => AreEqual(left, right);

    /// <summary>Whether two types differ.</summary>
    /// <param name="left">A type.</param>
    /// <param name="right">Another.</param>
    /// <returns>Whether they differ.</returns>
    [Intrinsic]
    public static bool operator !=(Type? left, Type? right) => !AreEqual(left, right);

    /// <summary>What <see langword="typeof"/> calls.</summary>
    /// <param name="handle">The type.</param>
    /// <returns>The type.</returns>
    [Intrinsic]
    public static Type GetTypeFromHandle(RuntimeTypeHandle handle) => new RuntimeType(handle.MethodTable);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Type other && AreEqual(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)((nuint)MethodTableOf(this) >> 3);

    private static bool AreEqual(Type? left, Type? right) =>
        left is null || right is null
            ? ReferenceEquals(left, right)
            : MethodTableOf(left) == MethodTableOf(right);

    // The only class that derives from this one.
    private static void* MethodTableOf(Type type) => Unsafe.As<RuntimeType>(type).MethodTable;
}
