// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The text of a literal, in UTF-16. Guests handle text as UTF-8 spans (<c>"..."u8</c>).</summary>
/// <remarks>There is no way to make one at run time: the compiler lays the literals out in the image.</remarks>
public sealed class String : IEquatable<string>
{
    /// <summary>The text without characters.</summary>
    public static readonly string Empty = "";

#pragma warning disable CS0649
    private readonly int _stringLength;
    private readonly char _firstChar;
#pragma warning restore CS0649

    private String()
    {
    }

    /// <summary>UTF-16 code units in the text.</summary>
    public int Length
    {
        [Intrinsic]
        get => _stringLength;
    }

    /// <summary>One UTF-16 code unit.</summary>
    /// <param name="index">Its index.</param>
    [IndexerName("Chars")]
    public char this[int index]
    {
        [Intrinsic]
        get
        {
            if ((uint)index >= (uint)_stringLength)
            {
                ThrowHelper.ThrowIndexOutOfRange();
            }

            return Unsafe.Add(ref Unsafe.AsRef(in _firstChar), index);
        }
    }

    /// <summary>Whether two texts are equal.</summary>
    /// <param name="a">A text.</param>
    /// <param name="b">Another.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool operator ==(string? a, string? b) => Equals(a, b);

    /// <summary>Whether two texts differ.</summary>
    /// <param name="a">A text.</param>
    /// <param name="b">Another.</param>
    /// <returns>Whether they differ.</returns>
    public static bool operator !=(string? a, string? b) => !Equals(a, b);

    /// <summary>Whether two texts are equal.</summary>
    /// <param name="a">A text.</param>
    /// <param name="b">Another.</param>
    /// <returns>Whether they are equal.</returns>
    public static bool Equals(string? a, string? b) =>
        ReferenceEquals(a, b)
        || (a is not null && b is not null && a.Units.SequenceEqual(b.Units));

    /// <summary>Whether a text is null or empty.</summary>
    /// <param name="value">The text.</param>
    /// <returns>Whether it is null or empty.</returns>
    public static bool IsNullOrEmpty([NotNullWhen(false)] string? value) => value is null || value._stringLength == 0;

    /// <inheritdoc/>
    public bool Equals(string? other) => Equals(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is string other && Equals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        uint hash = 2166136261;
        for (int i = 0; i < _stringLength; i++)
        {
            hash = unchecked((hash ^ this[i]) * 16777619);
        }

        return (int)hash;
    }

    /// <inheritdoc/>
    public override string ToString() => this;

    internal ReadOnlySpan<char> Units => new(ref Unsafe.AsRef(in _firstChar), _stringLength);

    /// <summary>The first code unit, for <see langword="fixed"/>.</summary>
    /// <returns>A reference to it.</returns>
    public ref readonly char GetPinnableReference() => ref _firstChar;
}
