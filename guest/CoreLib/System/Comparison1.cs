// SPDX-License-Identifier: MIT
namespace System;

/// <summary>Orders two values.</summary>
/// <typeparam name="T">Their type.</typeparam>
/// <param name="x">A value.</param>
/// <param name="y">Another.</param>
/// <returns>Negative, zero or positive: x before, equal to or after y.</returns>
public delegate int Comparison<in T>(T x, T y);
