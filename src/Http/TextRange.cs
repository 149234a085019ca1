// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>A piece of a request's head, by its place.</summary>
/// <param name="start">Where it begins.</param>
/// <param name="length">Bytes of it.</param>
public readonly struct TextRange(int start, int length)
{
    /// <summary>Where it begins; 0 if the head has no such piece: no field stands there.</summary>
    public int Start { get; } = start;

    /// <summary>Bytes of it; a field may be empty and yet be there.</summary>
    public int Length { get; } = length;

    /// <summary>Whether the head has it.</summary>
    public bool IsPresent => Start != 0;

    /// <summary>The bytes.</summary>
    /// <param name="head">The head that was parsed.</param>
    /// <returns>The piece.</returns>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> head) => head.Slice(Start, Length);
}
