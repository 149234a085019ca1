// SPDX-License-Identifier: MIT
using System.Runtime.CompilerServices;

namespace System;

/// <summary>A range, written <c>a..b</c>; the end is not part of it.</summary>
public readonly struct Range : IEquatable<Range>
{
    /// <summary>Makes the range.</summary>
    /// <param name="start">Its first element.</param>
    /// <param name="end">Behind its last element.</param>
    public Range(Index start, Index end)
    {
        Start = start;
        End = end;
    }

    /// <summary>All elements.</summary>
    public static Range All => new(Index.Start, Index.End);

    /// <summary>Its first element.</summary>
    public Index Start { get; }

    /// <summary>Behind its last element.</summary>
    public Index End { get; }

    /// <summary>A range to the end.</summary>
    /// <param name="start">Its first element.</param>
    /// <returns>The range.</returns>
    public static Range StartAt(Index start) => new(start, Index.End);

    /// <summary>A range from the start.</summary>
    /// <param name="end">Behind its last element.</param>
    /// <returns>The range.</returns>
    public static Range EndAt(Index end) => new(Index.Start, end);

    /// <summary>Where the range lies.</summary>
    /// <param name="length">Number of elements.</param>
    /// <returns>Its first element and its length; panics if it does not fit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (int Offset, int Length) GetOffsetAndLength(int length)
    {
        int start = Start.GetOffset(length);
        int end = End.GetOffset(length);
        if ((uint)end > (uint)length || (uint)start > (uint)end)
        {
            ThrowHelper.ThrowArgumentOutOfRange();
        }

        return (start, end - start);
    }

    /// <inheritdoc/>
    public bool Equals(Range other) => Start.Equals(other.Start) && End.Equals(other.End);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Range other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((Start.GetHashCode() * 31) + End.GetHashCode());
}
