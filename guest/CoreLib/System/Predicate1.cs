// SPDX-License-Identifier: MIT
namespace System;

/// <summary>A question about a value.</summary>
/// <typeparam name="T">Its type.</typeparam>
/// <param name="obj">The value.</param>
/// <returns>The answer.</returns>
public delegate bool Predicate<in T>(T obj);
