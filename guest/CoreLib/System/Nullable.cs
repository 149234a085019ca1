// SPDX-License-Identifier: MIT
namespace System;

/// <summary>A value or none.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
public struct Nullable<T>
    where T : struct
{
    // The compiler and the JIT know both fields: their names, and that the flag is the first byte.
#pragma warning disable IDE1006
    private readonly bool hasValue;
#pragma warning restore IDE1006
    internal T value;

    /// <summary>Holds a value.</summary>
    /// <param name="value">The value.</param>
    public Nullable(T value)
    {
        this.value = value;
        hasValue = true;
    }

    /// <summary>Whether there is a value.</summary>
    public readonly bool HasValue => hasValue;

    /// <summary>The value; panics if there is none.</summary>
    public readonly T Value
    {
        get
        {
            if (!hasValue)
            {
                throw new InvalidOperationException("The nullable has no value");
            }

            return value;
        }
    }

    /// <summary>Holds a value.</summary>
    /// <param name="value">The value.</param>
    public static implicit operator T?(T value) => new Nullable<T>(value);

    /// <summary>Takes the value; panics if there is none.</summary>
    /// <param name="value">The nullable.</param>
    public static explicit operator T(T? value) => value!.Value;

    /// <summary>The value, or zero if there is none.</summary>
    /// <returns>The value.</returns>
    public readonly T GetValueOrDefault() => value;

    /// <summary>The value, or another if there is none.</summary>
    /// <param name="defaultValue">The other.</param>
    /// <returns>The value.</returns>
    public readonly T GetValueOrDefault(T defaultValue) => hasValue ? value : defaultValue;
}
