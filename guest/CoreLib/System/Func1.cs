// SPDX-License-Identifier: MIT
namespace System;

/// <summary>A method of 0 arguments with a result.</summary>
/// <typeparam name="TResult">Type of the result.</typeparam>
/// <returns>The result.</returns>
public delegate TResult Func<out TResult>();
